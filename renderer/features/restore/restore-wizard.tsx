import { BackupStep } from './backup-step.tsx'
import { ConfirmStep } from './confirm-step.tsx'
import { ContentsStep } from './contents-step.tsx'
import { PlanStep } from './plan-step.tsx'
import { RunStep } from './run-step.tsx'
import { TargetStep } from './target-step.tsx'
import { useWizard } from './use-wizard.ts'

const stepPages = {
  backup: BackupStep,
  contents: ContentsStep,
  target: TargetStep,
  plan: PlanStep,
  confirm: ConfirmStep,
  run: RunStep,
} as const

/** A backup is brought back, step by step. Where one is stands in the address. */
export function RestoreWizard() {
  const { step } = useWizard()
  const Step = stepPages[step]
  return <Step />
}
