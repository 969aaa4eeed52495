import type { ReactNode } from 'react'
import { Page } from './page.tsx'
import { Steps } from './steps.tsx'

/** The frame of a wizard: where one is on top, the way back and on at the bottom. */
export function Wizard({
  title,
  crumb,
  steps,
  current,
  back,
  waitsFor = null,
  next,
  children,
}: {
  readonly title: string
  readonly crumb?: ReactNode
  readonly steps: readonly string[]
  readonly current: number
  readonly back?: ReactNode
  /** What the disabled button waits for, in a sentence. */
  readonly waitsFor?: string | null
  readonly next?: ReactNode
  readonly children: ReactNode
}) {
  const hasFooter = back !== undefined || next !== undefined
  return (
    <Page
      title={title}
      {...(crumb === undefined ? {} : { crumb })}
      actions={<Steps steps={steps} current={current} />}
      {...(hasFooter
        ? {
            footer: (
              <>
                {back}
                <span className="min-w-4 flex-1 text-right text-ink-2" aria-live="polite">
                  {waitsFor}
                </span>
                {next}
              </>
            ),
          }
        : {})}
    >
      <div className="flex max-w-[760px] min-w-0 flex-col gap-5">{children}</div>
    </Page>
  )
}
