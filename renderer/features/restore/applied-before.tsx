import type { RestorePlan, RestoreSummary } from '../../../preload/contract/index.ts'
import { useMethod } from '../../lib/api.ts'
import { LinkButton } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { RestoreStateWord } from './restore-words.tsx'

/** The restore that was started from a plan already, as one finds on coming back to it; null where there is none. */
export function useAppliedBefore(plan: RestorePlan): RestoreSummary | null {
  const restores = useMethod('restores.list', { limit: 50 })
  return (
    restores.data?.find(
      ({ backup, database, mode, startedAt, state }) =>
        backup === plan.backup &&
        database === plan.target.database &&
        mode === plan.mode &&
        startedAt > plan.createdAt &&
        // A restore that failed left the target as it was: the plan may be tried again.
        state !== 'failed',
    ) ?? null
  )
}

/** Says that a plan was applied already, and leads there. */
export function AppliedBefore({ restore }: { readonly restore: RestoreSummary | null }) {
  if (restore === null) return null
  return (
    <Callout
      tone="late"
      word="Applied already"
      actions={<LinkButton href={`/restores/${restore.id}`}>Open that restore</LinkButton>}
    >
      A restore like this one was started after the plan was made: <RestoreStateWord restore={restore} />. To restore
      once more, plan again.
    </Callout>
  )
}
