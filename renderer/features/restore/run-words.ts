import type { Job, Progress, RestoreMode } from '../../../preload/contract/index.ts'

type Stage = Progress['stage']

/** The parts of a restore, in their order. */
export interface Part {
  readonly name: string
  readonly stages: readonly Stage[]
}

const check: Part = { name: 'Check the backup', stages: ['prepare', 'inspect', 'check', 'read'] }
const safety: Part = { name: 'Safety backup', stages: ['safety-backup'] }
const compare: Part = { name: 'Compare', stages: ['compare'] }

/** The parts of a restore in a mode. */
export function partsOf(mode: RestoreMode, hasSafetyBackup: boolean): readonly Part[] {
  const first = hasSafetyBackup ? [check, safety] : [check]
  const decode: Part = { name: 'Decode to the last byte', stages: ['decode'] }
  if (mode === 'in-place') return [...first, decode, { name: 'Write', stages: ['restore'] }, compare]
  const restore: Part = { name: mode === 'swap' ? 'Restore beside' : 'Restore', stages: ['restore'] }
  const last: Part =
    mode === 'swap' ? { name: 'Swap', stages: ['swap'] } : { name: 'Give it its name', stages: ['publish'] }
  return [...first, decode, restore, compare, last]
}

/** Which part a job is at; -1 while none of them is known to have begun. */
export function partAt(parts: readonly Part[], stage: Stage | null): number {
  return stage === null ? -1 : parts.findIndex(({ stages }) => stages.includes(stage))
}

/** Where a job is; null where it has not said so. */
export function stageOf({ status }: Job): Stage | null {
  return status.state === 'running' ? (status.progress?.stage ?? null) : null
}

/** What Stop means now: what stays, and what is thrown away. */
export function stopMeaning(mode: RestoreMode, database: string, stage: Stage | null): string {
  if (mode === 'new') return 'Stop drops what was restored so far. Nothing that existed is touched.'
  if (mode === 'swap') {
    return stage === 'swap'
      ? `The swap is one step: ${database} is open under its name either way, as it was or as restored, and this page will say which.`
      : `Stop drops the copy beside. ${database} is as it was, and stays so.`
  }
  if (stage === 'compare') return `${database} holds the restored rows already. Stop ends only the comparison.`
  return stage === 'restore'
    ? `It is written in one transaction. Stop takes it back, and ${database} is as it was.`
    : `Nothing has been written yet. Stop leaves ${database} as it is.`
}
