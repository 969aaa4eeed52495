import { Meter, ProgressBar } from 'react-aria-components'
import { cx } from '../lib/class-names.ts'

/** How far something is; without a fraction it moves and promises nothing. */
export function Progress({ label, fraction }: { readonly label: string; readonly fraction: number | null }) {
  return (
    <ProgressBar
      aria-label={label}
      isIndeterminate={fraction === null}
      {...(fraction === null ? {} : { value: fraction * 100 })}
      className="w-full"
    >
      <div className="relative h-2 overflow-hidden rounded-full bg-surface-2 ring-1 ring-line ring-inset forced-colors:border forced-colors:border-[CanvasText]">
        {fraction === null ? (
          <div className="absolute inset-y-0 w-1/4 animate-[slide_1.6s_ease-in-out_infinite] rounded-full bg-accent motion-reduce:left-0 motion-reduce:w-full motion-reduce:opacity-40 forced-colors:bg-[Highlight]" />
        ) : (
          <div
            className="absolute inset-y-0 left-0 origin-left rounded-full bg-accent forced-colors:bg-[Highlight]"
            style={{ width: `${String(fraction * 100)}%` }}
          />
        )}
      </div>
    </ProgressBar>
  )
}

const fills = { ok: 'bg-ok', warn: 'bg-warn', late: 'bg-late', bad: 'bg-bad', accent: 'bg-accent' } as const

/** A quantity against its goal: the mark is where the goal is. */
export function GoalBar({
  label,
  value,
  goal,
  tone,
}: {
  readonly label: string
  readonly value: number
  readonly goal: number
  readonly tone: keyof typeof fills
}) {
  const scale = Math.max(value, goal)
  return (
    <Meter aria-label={label} value={value} minValue={0} maxValue={scale} className="block w-[132px] max-w-full">
      <div className="relative h-1.5 rounded-full bg-surface-2 ring-1 ring-line ring-inset forced-colors:border forced-colors:border-[CanvasText]">
        <div
          className={cx('absolute inset-y-0 left-0 rounded-full forced-colors:bg-[Highlight]', fills[tone])}
          style={{ width: `${String((value / scale) * 100)}%` }}
        />
        <div
          className="absolute -inset-y-[3px] w-0.5 bg-ink-2"
          style={{ left: `calc(${String((goal / scale) * 100)}% - 2px)` }}
        />
      </div>
    </Meter>
  )
}
