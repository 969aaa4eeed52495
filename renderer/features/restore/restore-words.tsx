import type { RestoreMode, RestoreState, RestoreSummary } from '../../../preload/contract/index.ts'
import { Status, type Tone } from '../../ui/status.tsx'

/** The modes, as they are called. */
export const modeNames: Readonly<Record<RestoreMode, string>> = {
  new: 'New database',
  swap: 'Beside and swap',
  'in-place': 'In place',
}

const states: Readonly<Record<RestoreState, readonly [tone: Tone, word: string]>> = {
  running: ['running', 'Running'],
  interrupted: ['late', 'Interrupted'],
  applied: ['ok', 'Applied'],
  failed: ['bad', 'Failed'],
  undone: ['stopped', 'Undone'],
  finished: ['ok', 'Finished'],
}

/** What became of a restore. One that stands in the target although a check failed is not fine. */
export function RestoreStateWord({ restore }: { readonly restore: Pick<RestoreSummary, 'state' | 'outcome'> }) {
  const { state, outcome } = restore
  if ((state === 'applied' || state === 'finished') && outcome !== 'passed') {
    return <Status tone="warn">{outcome === 'failed' ? 'Applied, check failed' : 'Applied, not compared'}</Status>
  }
  const [tone, word] = states[state]
  return <Status tone={tone}>{word}</Status>
}

/** The last part of an absolute path, and a name on a server as it is. */
export function shortDatabase(database: string): string {
  const isPath = /^(\/|[A-Za-z]:[\\/])/.test(database)
  return isPath ? (database.split(/[\\/]/).at(-1) ?? database) : database
}
