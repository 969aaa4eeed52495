import { useState } from 'react'
import { Label, Radio, RadioGroup } from 'react-aria-components'
import type { BackupSummary } from '../../../preload/contract/index.ts'
import { cx } from '../../lib/class-names.ts'
import { formatAgo, formatDuration, formatExact, formatMoment, sameUnit } from '../../lib/format.ts'
import { useNow } from '../../lib/now.ts'
import { Button } from '../../ui/button.tsx'
import { Status } from '../../ui/status.tsx'
import { BadgeWord } from '../words/words.tsx'
import { isUsable } from './problem-time.ts'
import { TimeStrip } from './time-strip.tsx'

const firstShown = 12

/** The backups of a database from the newest to the oldest: one is chosen. */
export function BackupCards({
  backups,
  chosen,
  before,
  onChoose,
}: {
  readonly backups: readonly BackupSummary[]
  readonly chosen: string | null
  /** When the problem began. */
  readonly before: string | null
  readonly onChoose: (backup: string) => void
}) {
  const [count, setCount] = useState(firstShown)
  // The chosen one is always among those that are shown.
  const shown = Math.max(count, backups.findIndex(({ id }) => id === chosen) + 1)
  const size = sameUnit(backups.map(({ artifactBytes }) => artifactBytes))
  return (
    <div className="flex flex-col gap-2">
      <TimeStrip backups={backups} chosen={chosen} before={before} />
      <RadioGroup value={chosen} onChange={onChoose} className="flex flex-col gap-1.5">
        <Label className="text-sm font-medium text-ink-2">Backups, newest first</Label>
        {backups.slice(0, shown).map((backup) => (
          <Card key={backup.id} backup={backup} before={before} size={size} />
        ))}
      </RadioGroup>
      {backups.length > shown ? (
        <Button className="self-start" onPress={() => setCount(shown + 50)}>
          Show older ones ({backups.length - shown})
        </Button>
      ) : null}
    </div>
  )
}

function Card({
  backup,
  before,
  size,
}: {
  readonly backup: BackupSummary
  readonly before: string | null
  readonly size: (bytes: number) => string
}) {
  const now = useNow()
  const { startedAt, artifactBytes, badge, durationMs, encrypted, needsKey } = backup
  const isNewer = before !== null && Date.parse(startedAt) >= Date.parse(before)
  const notes = [
    triggerWord(backup),
    backup.content === 'full' ? null : backup.content === 'schema' ? 'structure only' : 'rows only',
    backup.scope === 'partial' ? 'parts only' : null,
    encrypted ? 'encrypted' : null,
    needsKey === null ? null : 'its key is not here',
    backup.name,
    backup.description,
    `took ${formatDuration(durationMs)}`,
    backup.warnings.length > 0 ? `${String(backup.warnings.length)} warnings` : null,
  ].filter((note) => note !== null)
  return (
    <Radio
      value={backup.id}
      isDisabled={!isUsable(backup)}
      className="group grid grid-cols-[auto_minmax(9rem,auto)_minmax(0,1fr)_6rem_7rem] items-center gap-x-3 gap-y-0.5 rounded-md border border-line bg-surface px-3 py-2 data-[disabled]:border-dashed data-[focus-visible]:outline-2 data-[focus-visible]:outline-offset-2 data-[focus-visible]:outline-accent data-[selected]:border-accent data-[selected]:bg-accent-soft max-md:grid-cols-[auto_minmax(0,1fr)]"
    >
      <span
        aria-hidden
        className="size-4 rounded-full border border-line-strong bg-surface group-data-[disabled]:invisible group-data-[selected]:border-[5px] group-data-[selected]:border-accent forced-colors:group-data-[selected]:border-[Highlight]"
      />
      <span className="font-medium">
        <time dateTime={startedAt} title={formatExact(startedAt)}>
          {formatMoment(startedAt, now)}
        </time>
        <span className="block text-sm font-normal text-ink-2">{formatAgo(startedAt, now)}</span>
      </span>
      <span className="min-w-0 text-sm break-words text-ink-2 max-md:col-start-2">
        {notes.join(' · ')}
        {isNewer ? <span className="block text-warn">After the problem began</span> : null}
      </span>
      <span className="text-right tabular-nums max-md:col-start-2 max-md:text-left">
        {artifactBytes === null ? '' : size(artifactBytes)}
      </span>
      <span className={cx('max-md:col-start-2')}>
        {backup.state === 'failed' ? <Status tone="bad">Failed</Status> : <BadgeWord badge={badge} />}
      </span>
    </Radio>
  )
}

function triggerWord({ trigger, kind }: BackupSummary): string {
  if (kind === 'safety') return 'safety backup'
  return {
    manual: 'by hand',
    schedule: 'scheduled',
    safety: 'safety backup',
    demo: 'demonstration',
    import: 'imported',
  }[trigger]
}
