import { Check } from 'lucide-react'
import { cx } from '../lib/class-names.ts'

/** Where one is in a wizard. */
export function Steps({ steps, current }: { readonly steps: readonly string[]; readonly current: number }) {
  return (
    <>
      <p className="m-0 text-sm text-ink-3 lg:hidden">
        Step {current + 1} of {steps.length}
      </p>
      <ol aria-label="Steps" className="m-0 flex list-none gap-5 p-0 text-sm max-lg:hidden">
        {steps.map((step, index) => (
          <li
            key={step}
            {...(index === current ? { 'aria-current': 'step' as const } : {})}
            className={cx(
              'flex items-center gap-1.5 whitespace-nowrap',
              index === current ? 'font-semibold text-ink' : index < current ? 'text-ink-2' : 'text-ink-3',
            )}
          >
            <span
              aria-hidden
              className={cx(
                'grid size-[18px] place-items-center rounded-full border text-[11px] font-semibold',
                index === current
                  ? 'border-accent bg-accent text-accent-ink'
                  : index < current
                    ? 'border-transparent bg-accent-soft text-accent'
                    : 'border-line-strong',
              )}
            >
              {index < current ? <Check size={11} strokeWidth={3} /> : index + 1}
            </span>
            {step}
            {index < current ? <span className="sr-only"> (done)</span> : null}
          </li>
        ))}
      </ol>
    </>
  )
}
