/** The steps of the wizard, by their names in the address. */
export const steps = ['backup', 'contents', 'target', 'plan', 'confirm', 'run'] as const
export type Step = (typeof steps)[number]

/** What they are called in the header. */
export const stepNames = ['Backup', 'Contents', 'Target', 'Plan', 'Confirm', 'Result'] as const

/** What the address says that was chosen and started. */
export interface WizardSearch {
  readonly step?: string | undefined
  readonly backup?: string | undefined
  readonly plan?: string | undefined
  readonly job?: string | undefined
}

/**
 * The step to show. One whose conditions aren't met is not reached by its address: without a plan there is nothing to confirm, and
 * without a job that was started nothing runs.
 */
export function stepOf({ step, backup, plan, job }: WizardSearch): Step {
  const wanted = steps.find((each) => each === step) ?? (backup === undefined ? 'backup' : 'contents')
  if (wanted === 'run' && job !== undefined) return 'run'
  if (wanted === 'backup' || backup === undefined) return 'backup'
  if (wanted === 'contents' || wanted === 'target') return wanted
  if (plan === undefined) return 'target'
  return wanted === 'confirm' ? 'confirm' : 'plan'
}
