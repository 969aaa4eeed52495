import { useEffect, type ReactNode } from 'react'
import { Page } from '../../ui/page.tsx'
import { Steps } from '../../ui/steps.tsx'
import { stepNames, steps, type Step } from './wizard-steps.ts'

/** The frame of every step: where one is in the header, what can be done in the footer. */
export function WizardFrame({
  step,
  title,
  children,
  footer,
}: {
  readonly step: Step
  /** The backup that is restored, once it is known. */
  readonly title: string | null
  readonly children: ReactNode
  readonly footer?: ReactNode
}) {
  useEffect(() => {
    // A new step is told to a screen reader by its title, and the keyboard begins at its top.
    document.getElementById('page-title')?.focus({ preventScroll: true })
    window.scrollTo(0, 0)
  }, [step])
  return (
    <Page
      title={title ?? 'Restore'}
      {...(title === null ? {} : { crumb: 'Restore /' })}
      actions={<Steps steps={stepNames} current={steps.indexOf(step)} />}
      footer={footer}
    >
      {children}
    </Page>
  )
}

/** What the main button waits for, and the button: at the right end of the footer. */
export function FooterEnd({ waitsFor, children }: { readonly waitsFor: string | null; readonly children: ReactNode }) {
  return (
    <div className="ml-auto flex flex-wrap items-center justify-end gap-2.5">
      <span className="text-sm text-ink-3" role="status">
        {waitsFor}
      </span>
      {children}
    </div>
  )
}
