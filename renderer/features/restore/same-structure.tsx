import type { RestorePlan } from '../../../preload/contract/index.ts'
import { formatMoment } from '../../lib/format.ts'
import { useNow } from '../../lib/now.ts'
import { Button, TextLink } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import type { PlanAgain } from './use-plan-again.ts'

/** Where the target has another structure than the backup: the newest good backup that has it, and the way to plan with that one. */
export function SameStructure({ plan, again }: { readonly plan: RestorePlan; readonly again: PlanAgain }) {
  const now = useNow()
  const { sameStructure, changes } = plan
  const differs = changes.some(
    ({ structure, structureChanges }) => structure === 'changed' || structureChanges !== undefined,
  )
  if (sameStructure === undefined || (sameStructure === null && !differs)) return null
  if (sameStructure === null) {
    return (
      <Callout tone="warn" word="Other structure">
        No good backup of this database has the structure that the target has now.
      </Callout>
    )
  }
  const { backup, startedAt } = sameStructure
  return (
    <Callout
      tone="warn"
      word="Other structure"
      actions={
        <Button size="sm" isPending={again.isPending} onPress={() => again.plan({ backup })}>
          Plan with that backup
        </Button>
      }
    >
      The target has another structure than this backup. The newest good backup with the structure of the target is{' '}
      <TextLink href={`/backups/${backup}`}>that of {formatMoment(startedAt, now)}</TextLink>.
    </Callout>
  )
}
