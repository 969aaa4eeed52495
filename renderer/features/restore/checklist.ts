import type { Badge, RestorePlan } from '../../../preload/contract/index.ts'
import { isSomebodyConnected } from './finding-words.ts'

/** One thing to have seen to before a restore starts. What is open doesn't stop it: it goes into the audit log. */
export interface ChecklistItem {
  readonly id: 'verified' | 'proven' | 'connected' | 'safety' | 'told'
  readonly isDone: boolean
  readonly text: string
  /** The same for the audit log, where it is open. */
  readonly open: string
}

/** What there is to see to before a plan is applied. `badge` is null while it is not known. */
export function checklistOf(plan: RestorePlan, badge: Badge | null, isTold: boolean): readonly ChecklistItem[] {
  const items: ChecklistItem[] = [
    {
      id: 'verified',
      isDone: badge === 'checked' || badge === 'proven',
      text: badge === 'checked' || badge === 'proven' ? 'Backup verified' : 'Backup not verified',
      open: 'the backup is not verified',
    },
    {
      id: 'proven',
      isDone: badge === 'proven',
      text: badge === 'proven' ? 'Backup proven by a restore test' : 'Backup not proven: never restored and compared',
      open: 'the backup is not proven',
    },
  ]
  if (!plan.target.exists || plan.mode === 'new') return items
  const isConnected = plan.blockers.some(isSomebodyConnected) || plan.warnings.some(isSomebodyConnected)
  const isUnknown = plan.disconnectOthers || plan.warnings.some(({ code }) => code === 'HOLDERS_UNKNOWN')
  return [
    ...items,
    {
      id: 'connected',
      isDone: !isConnected && !isUnknown,
      text: isConnected
        ? 'Others are connected'
        : isUnknown
          ? plan.disconnectOthers
            ? 'Sessions of others, if there are any, will be ended'
            : 'Whether others use it cannot be told'
          : 'Nobody else was connected',
      open: plan.disconnectOthers ? 'sessions of others may be ended' : 'others may be connected',
    },
    {
      id: 'safety',
      isDone: plan.safetyBackup.taken,
      text: plan.safetyBackup.taken ? 'Safety backup comes first' : 'No safety backup',
      open: `no safety backup (${plan.safetyBackup.reason ?? 'no reason given'})`,
    },
    { id: 'told', isDone: isTold, text: 'Users were told', open: 'it was not ticked that users were told' },
  ]
}

/** What the audit log is told when a restore starts with open items; null where none is. */
export function openNote(plan: RestorePlan, items: readonly ChecklistItem[]): string | null {
  const open = items.filter(({ isDone }) => !isDone).map((item) => item.open)
  if (open.length === 0) return null
  const target = `${plan.target.database} on ${plan.target.connection}`
  return `Restore into ${target} (plan ${plan.hash.slice(0, 12)}) about to start with open points: ${open.join('; ')}.`.slice(
    0,
    2000,
  )
}
