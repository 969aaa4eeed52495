import type { Badge, EngineId, Outcome, StatusReport, ValidationLevel } from '../../../preload/contract/index.ts'
import { Status, type Tone } from '../../ui/status.tsx'

/** The same words everywhere: pages, command line, notifications. */

export const engineNames: Readonly<Record<EngineId, string>> = { sqlite: 'SQLite', postgresql: 'PostgreSQL' }

type DatabaseState = StatusReport['databases'][number]['state']

const states: Readonly<Record<DatabaseState, readonly [tone: Tone, word: string]>> = {
  protected: ['ok', 'Protected'],
  warning: ['warn', 'Warning'],
  overdue: ['late', 'Overdue'],
  'not-yet': ['none', 'Not yet'],
}

/** Whether a database is protected. */
export function DatabaseStateWord({ state }: { readonly state: DatabaseState }) {
  const [tone, word] = states[state]
  return <Status tone={tone}>{word}</Status>
}

const badges: Readonly<Record<Badge, readonly [tone: Tone, word: string]>> = {
  proven: ['proven', 'Proven'],
  checked: ['muted', 'Checked'],
  none: ['none', 'Unproven'],
  failed: ['bad', 'Check failed'],
}

/** How far a backup can be trusted. */
export function BadgeWord({ badge }: { readonly badge: Badge }) {
  const [tone, word] = badges[badge]
  return <Status tone={tone}>{word}</Status>
}

const outcomes: Readonly<Record<Outcome, readonly [tone: Tone, word: string]>> = {
  passed: ['ok', 'Passed'],
  failed: ['bad', 'Failed'],
  'could-not-run': ['warn', 'Did not run'],
}

/** How a check ended. What did not run is never green. */
export function OutcomeWord({ outcome }: { readonly outcome: Outcome }) {
  const [tone, word] = outcomes[outcome]
  return <Status tone={tone}>{word}</Status>
}

/** The five levels: name, what each proves, what it costs. */
export const levels: Readonly<
  Record<ValidationLevel, { readonly name: string; readonly proves: string; readonly costs: string }>
> = {
  presence: {
    name: 'Presence',
    proves: 'Every copy is there with its recorded size.',
    costs: 'Seconds; nothing is read.',
  },
  checksum: {
    name: 'Checksum',
    proves: 'Every byte of every copy is the one that was written.',
    costs: 'Reads every copy once.',
  },
  decode: {
    name: 'Decode',
    proves: 'It decrypts and decompresses to the recorded length and digest.',
    costs: 'Reads every copy once, and decodes it.',
  },
  structure: {
    name: 'Structure',
    proves: 'The archive is read to its end, object by object.',
    costs: 'As decode, and reads every row.',
  },
  restore: {
    name: 'Restore test',
    proves: 'It was restored into a scratch database, and every table has the recorded rows and content.',
    costs: 'As long as a restore; the scratch database is removed afterwards.',
  },
}
