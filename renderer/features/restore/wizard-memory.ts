import { create } from 'zustand'
import type { Safety } from './target-choice.ts'

/** What stands in no address: it is forgotten with the page, and safe when it is. */
interface WizardMemory {
  /** Backups for whose restore the safety backup was left out, with the reason as typed so far. */
  readonly reasons: Readonly<Record<string, string>>
  /** Hashes of plans of which somebody said that the users know. */
  readonly told: readonly string[]
}

const useMemory = create<WizardMemory>(() => ({ reasons: {}, told: [] }))

/** Whether a safety backup comes before the restore of a backup. On, unless it was switched off since the page was opened. */
export function useSafety(backup: string): readonly [safety: Safety, change: (safety: Safety) => void] {
  const reason = useMemory((memory) => memory.reasons[backup])
  const change = ({ isTaken, reason: typed }: Safety) =>
    useMemory.setState(({ reasons: { [backup]: _, ...others } }) => ({
      reasons: isTaken ? others : { ...others, [backup]: typed },
    }))
  return [{ isTaken: reason === undefined, reason: reason ?? '' }, change]
}

/** Whether the users were told of what a plan is going to do. */
export function useUsersTold(hash: string): readonly [isTold: boolean, change: (isTold: boolean) => void] {
  const isTold = useMemory(({ told }) => told.includes(hash))
  const change = (isNow: boolean) =>
    useMemory.setState(({ told }) => ({
      told: isNow ? [...told, hash] : told.filter((each) => each !== hash),
    }))
  return [isTold, change]
}
