import type { BackupDetail } from '../../../preload/contract/index.ts'
import { formatExact, formatMoment, plural } from '../../lib/format.ts'
import { useNow } from '../../lib/now.ts'
import { Section } from '../../ui/box.tsx'
import { LinkButton } from '../../ui/button.tsx'
import { levels, OutcomeWord } from '../words/words.tsx'

/** Every check that was made of this backup, newest first, with what each looked at. */
export function ValidationHistory({ backup }: { readonly backup: BackupDetail }) {
  const now = useNow()
  const validations = backup.validations.toSorted((a, b) => (a.finishedAt < b.finishedAt ? 1 : -1))
  return (
    <Section
      title="Validations"
      actions={
        <LinkButton size="sm" href={`/backups/${backup.id}/validate`}>
          Validate…
        </LinkButton>
      }
    >
      {validations.length === 0 ? (
        <p className="m-0 text-ink-2">None yet. What did not run proves nothing.</p>
      ) : (
        <ul className="m-0 list-none rounded-lg border border-line bg-surface p-0">
          {validations.map((validation) => (
            <li key={`${validation.finishedAt} ${validation.level}`} className="border-b border-line last:border-b-0">
              <details>
                <summary className="flex cursor-default flex-wrap items-center gap-x-4 gap-y-1 px-3.5 py-2">
                  <span className="w-28">
                    <OutcomeWord outcome={validation.outcome} />
                  </span>
                  <span className="flex-1 font-medium">{levels[validation.level].name}</span>
                  <span className="text-sm text-ink-3">{plural(validation.checks.length, 'check')}</span>
                  <time dateTime={validation.finishedAt} title={formatExact(validation.finishedAt)}>
                    {formatMoment(validation.finishedAt, now)}
                  </time>
                </summary>
                <ul className="m-0 list-none px-3.5 pb-2.5">
                  {validation.checks.map((check) => (
                    <li key={check.name} className="flex flex-wrap gap-x-4 py-1 text-sm">
                      <span className="w-28">
                        <OutcomeWord outcome={check.outcome} />
                      </span>
                      <span className="min-w-40 flex-1">{check.name}</span>
                      <span className="text-ink-2">{check.detail}</span>
                    </li>
                  ))}
                </ul>
              </details>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
