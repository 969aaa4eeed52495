import type { RestorePlan } from '../../../preload/contract/index.ts'
import { useAction, useMethod } from '../../lib/api.ts'
import { planRequest, TargetChoice } from './target-choice.ts'
import { useSafety } from './wizard-memory.ts'
import { useWizard } from './use-wizard.ts'

/** Makes the plan once more, by what the target is now. */
export interface PlanAgain {
  /** With `endSessions` the new plan ends the sessions of others; with `backup` it is of that one. */
  readonly plan: (options?: { readonly endSessions?: boolean; readonly backup?: string }) => void
  readonly isPending: boolean
  readonly error: Error | null
}

/** The choices of the address, planned anew; the new plan takes the place of the old one in the history. */
export function usePlanAgain(plan: RestorePlan | null): PlanAgain {
  const { search, go } = useWizard()
  const start = useAction('restores.plan')
  const reference = plan?.backup ?? search.backup ?? ''
  const backup = useMethod('backups.get', { backup: reference }, { enabled: reference !== '' })
  const connections = useMethod('connections.list', {})
  const [safety] = useSafety(backup.data?.id ?? '')
  const choice = search.target ?? TargetChoice.parse({})
  return {
    isPending: start.isPending,
    error: start.error,
    plan: ({ endSessions = false, backup: other } = {}) => {
      if (backup.data === undefined || connections.data === undefined) return
      const name = plan?.target.connection ?? backup.data.connection
      const connection =
        connections.data.find((each) => (choice.to === undefined ? each.name === name : each.id === choice.to)) ?? null
      const target = endSessions ? { ...choice, disconnect: true } : choice
      // After a reload the reason is known from the plan alone, in which it was written.
      const reason = plan?.safetyBackup.reason ?? null
      const kept = safety.isTaken && reason !== null ? { isTaken: false, reason } : safety
      const request = planRequest(target, { backup: backup.data, connection }, kept)
      start.mutate(other === undefined ? request : { ...request, backup: other }, {
        // Of another backup it is another plan: Back leads to the one before.
        onSuccess: ({ jobId }) =>
          other === undefined
            ? go({ step: 'plan', target, plan: jobId, job: undefined }, { replace: true })
            : go({
                step: 'plan',
                backup: other,
                // Without a choice of its own the backup's connection would be taken.
                target: connection === null ? target : { ...target, to: connection.id },
                plan: jobId,
                job: undefined,
              }),
      })
    },
  }
}
