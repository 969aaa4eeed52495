import type { ReactNode } from 'react'
import { cx } from '../lib/class-names.ts'
import { Status, type Tone } from './status.tsx'

const grounds: Partial<Record<Tone, string>> = {
  ok: 'bg-ok-soft',
  proven: 'bg-ok-soft',
  warn: 'bg-warn-soft',
  bad: 'bg-bad-soft',
  late: 'bg-late-soft',
  running: 'bg-accent-soft',
}

/** A sentence that must not be overlooked, with what can be done about it at its end. */
export function Callout({
  tone,
  word,
  children,
  actions,
  isAlert = false,
}: {
  readonly tone: Tone
  readonly word: string
  readonly children: ReactNode
  readonly actions?: ReactNode
  /** Read out at once by a screen reader. */
  readonly isAlert?: boolean
}) {
  return (
    <div
      {...(isAlert ? { role: 'alert' } : {})}
      className={cx(
        'flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md border border-transparent px-3.5 py-2.5 forced-colors:border-[CanvasText]',
        grounds[tone] ?? 'bg-surface-2',
      )}
    >
      <Status tone={tone}>{word}</Status>
      <div className="min-w-48 flex-1 text-ink">{children}</div>
      {actions === undefined ? null : <div className="flex flex-wrap gap-2">{actions}</div>}
    </div>
  )
}
