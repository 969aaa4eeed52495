import type { DayStrip as Day } from '../../../preload/contract/index.ts'
import { cx } from '../../lib/class-names.ts'
import { dayMarks, stripSentence, type DayState } from './strip.ts'

/** Each state has a form of its own besides its colour: whole, cut off at the top, split, a dot, an outline. */
const forms: Readonly<Record<DayState, string>> = {
  ok: 'h-full bg-ok forced-colors:bg-[CanvasText]',
  warning: 'h-2/3 bg-warn forced-colors:bg-[CanvasText]',
  failed:
    'h-full border-y-[7px] border-bad bg-transparent forced-colors:border-[CanvasText] forced-colors:forced-color-adjust-none',
  none: 'h-1 bg-line-strong forced-colors:bg-[GrayText]',
  running: 'h-full border-[1.5px] border-accent bg-accent-soft forced-colors:border-[Highlight]',
}

/** The last 30 days of a database, one mark per day, today at the right. */
export function DayStrip({
  name,
  days,
  isRunning,
}: {
  readonly name: string
  readonly days: readonly Day[]
  readonly isRunning: boolean
}) {
  return (
    <ol
      aria-label={`${name}, ${stripSentence(days, isRunning)}`}
      className="m-0 flex h-[18px] list-none items-end gap-[2px] p-0"
    >
      {dayMarks(days, isRunning).map(({ day, state, words }) => (
        <li key={day} title={words} className="flex h-full w-1 items-end">
          <span aria-hidden className={cx('w-full rounded-[1.5px]', forms[state])} />
          <span className="sr-only">{words}</span>
        </li>
      ))}
    </ol>
  )
}
