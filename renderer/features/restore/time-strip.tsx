import type { BackupSummary } from '../../../preload/contract/index.ts'
import { cx } from '../../lib/class-names.ts'
import { formatMoment } from '../../lib/format.ts'
import { useNow } from '../../lib/now.ts'
import { isUsable } from './problem-time.ts'

/** The backups as marks on a line of time. The list beneath says the same in words. */
export function TimeStrip({
  backups,
  chosen,
  before,
}: {
  readonly backups: readonly BackupSummary[]
  readonly chosen: string | null
  readonly before: string | null
}) {
  const now = useNow()
  const oldest = backups.at(-1)
  if (oldest === undefined) return null
  const from = Math.min(Date.parse(oldest.startedAt), before === null ? Infinity : Date.parse(before))
  const span = Math.max(1, now - from)
  const place = (moment: string) => {
    const share = Math.min(1, Math.max(0, (Date.parse(moment) - from) / span))
    return { left: `calc(${String(share * 100)}% - ${String(share * 6)}px)` }
  }
  return (
    <div aria-hidden className="rounded-lg border border-line bg-surface px-4 pt-3 pb-2 forced-colors:hidden">
      <div className="relative h-9">
        <div className="absolute inset-x-0 top-[17px] h-px bg-line-strong" />
        {backups.map((backup) => (
          <span
            key={backup.id}
            className={cx(
              'absolute w-1.5 rounded-sm',
              backup.id === chosen ? 'top-0 z-10 h-9 bg-accent ring-2 ring-accent-soft' : 'top-2 h-5',
              backup.id === chosen ? null : markOf(backup),
            )}
            style={place(backup.startedAt)}
          />
        ))}
        {before === null ? null : (
          <span className="absolute -top-1 h-11 border-l-2 border-dashed border-bad" style={place(before)} />
        )}
      </div>
      <div className="flex justify-between text-xs text-ink-3">
        <span>{formatMoment(new Date(from).toISOString(), now)}</span>
        <span>{before === null ? '' : 'Dashed: the problem began'}</span>
        <span>now</span>
      </div>
    </div>
  )
}

function markOf(backup: BackupSummary): string {
  if (!isUsable(backup)) return 'bg-bad'
  return backup.badge === 'proven' ? 'bg-ok' : 'bg-ok/50'
}
