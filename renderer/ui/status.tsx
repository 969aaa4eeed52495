import { Ban, CircleCheck, CircleDashed, CircleX, Clock3, LoaderCircle, ShieldCheck, TriangleAlert } from 'lucide-react'
import { cx } from '../lib/class-names.ts'

/** What a state means for the person: fine, look at it, broken, late (neither of the two), nothing yet, going on. */
export type Tone = 'ok' | 'proven' | 'warn' | 'bad' | 'late' | 'muted' | 'none' | 'running' | 'stopped'

const icons = {
  ok: CircleCheck,
  proven: ShieldCheck,
  warn: TriangleAlert,
  bad: CircleX,
  late: Clock3,
  muted: CircleCheck,
  none: CircleDashed,
  running: LoaderCircle,
  stopped: Ban,
} as const
const colours: Readonly<Record<Tone, string>> = {
  ok: 'text-ok',
  proven: 'text-ok',
  warn: 'text-warn',
  bad: 'text-bad',
  late: 'text-late',
  muted: 'text-ink-2',
  none: 'text-ink-3',
  running: 'text-accent',
  stopped: 'text-ink-3',
}

/** A state: always icon, word and colour. */
export function Status({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  const Icon = icons[tone]
  return (
    <span className={cx('inline-flex items-center gap-1.5 align-middle font-medium whitespace-nowrap', colours[tone])}>
      <Icon size={15} strokeWidth={1.8} aria-hidden className={cx('shrink-0', tone === 'running' && 'animate-spin')} />
      {children}
    </span>
  )
}
