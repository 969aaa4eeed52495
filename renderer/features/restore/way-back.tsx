import type { RestoreDetail } from '../../../preload/contract/index.ts'
import { formatAgo, formatExact } from '../../lib/format.ts'
import { useNow } from '../../lib/now.ts'
import { Section } from '../../ui/box.tsx'
import { Button, LinkButton } from '../../ui/button.tsx'
import { shortDatabase } from './restore-words.tsx'
import { wayBack } from './result-words.ts'
import { useResultSearch } from './use-result-search.ts'

/** How this restore can be taken back, until when, and how what is kept is dropped. */
export function WayBackSection({ restore }: { readonly restore: RestoreDetail }) {
  const now = useNow()
  const { go } = useResultSearch(restore.id)
  const show = (what: 'undo' | 'finish') => go({ show: what }, { replace: false })
  const way = wayBack(restore, now)
  const name = shortDatabase(restore.database)
  const { retired } = restore
  return (
    <Section title="The way back">
      <div className="flex flex-col gap-2.5 rounded-lg border border-line bg-surface px-4 py-3.5">
        {way.kind === 'swap' ? (
          <p className="m-0">
            The database from before is kept, closed, as{' '}
            <code className="font-mono text-sm break-all">{shortDatabase(retired ?? '')}</code>.{' '}
            {way.until === null
              ? 'Undo gives it its name again.'
              : way.isOver
                ? `It was to be kept until ${formatExact(way.until)}, and is still there: Undo gives it its name again.`
                : `Undo gives it its name again, until ${formatExact(way.until)} (${formatAgo(way.until, now)}) at least.`}{' '}
            Nothing drops it by itself.
          </p>
        ) : null}
        {way.kind === 'safety-backup' ? (
          <p className="m-0">
            {name} as it was before is in the safety backup. Taking it back is a restore with a plan of its own.
          </p>
        ) : null}
        {way.kind === 'drop' ? (
          <p className="m-0">
            {name} is a database of its own, and nothing else was changed. Drop it with your own tools when it is no
            longer needed.
          </p>
        ) : null}
        {way.kind === 'none' ? <p className="m-0">{way.why}</p> : null}
        {restore.state === 'undone' && retired !== null ? (
          <p className="m-0">
            What was restored is kept, closed, as{' '}
            <code className="font-mono text-sm break-all">{shortDatabase(retired)}</code>.
          </p>
        ) : null}
        <div className="flex flex-wrap gap-2">
          {way.kind === 'swap' ? (
            <Button variant="primary" onPress={() => show('undo')}>
              Undo…
            </Button>
          ) : null}
          {way.kind === 'safety-backup' ? (
            <LinkButton href={`/restore?step=target&backup=${way.backup}`} variant="primary">
              Plan a restore of the safety backup
            </LinkButton>
          ) : null}
          {retired !== null && (restore.state === 'applied' || restore.state === 'undone') ? (
            <Button onPress={() => show('finish')}>
              {restore.state === 'applied' ? 'Finish: drop the old database…' : 'Drop the restored database…'}
            </Button>
          ) : null}
        </div>
      </div>
    </Section>
  )
}
