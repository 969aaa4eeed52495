import type { Connection, Destination, KeyStatus, StatusReport } from '../../../preload/contract/index.ts'

/** What the set-up list is made from. */
export interface SetUpFacts {
  readonly status: StatusReport
  readonly connections: readonly Connection[]
  readonly destinations: readonly Destination[]
  readonly key: KeyStatus
}

/** A thing to set up once. */
export type SetUpStepId = 'connection' | 'destination' | 'backup' | 'key' | 'proof'

/** How far the set-up is: which steps are done, and what the next ones are about. */
export interface SetUp {
  readonly isDone: Readonly<Record<SetUpStepId, boolean>>
  /** The first step that is not done and can be done now; null when all are. */
  readonly next: SetUpStepId | null
  /** Id of the connection that the first backup is of. */
  readonly connection: string | null
  /** Id of the backup that the first proof is of. */
  readonly backup: string | null
}

const order: readonly SetUpStepId[] = ['connection', 'destination', 'backup', 'proof', 'key']

/** Looks at what is there. A step is done by what exists, never by having been pressed. */
export function setUpOf({ status, connections, destinations, key }: SetUpFacts): SetUp {
  const withBackup = status.databases.find(({ lastGood }) => lastGood !== null)
  const isDone = {
    connection: connections.length > 0,
    destination: destinations.length > 0,
    backup: withBackup !== undefined,
    key: key.isKitVerified,
    proof: status.databases.some(({ lastProven }) => lastProven !== null),
  }
  return {
    isDone,
    next: order.find((step) => !isDone[step]) ?? null,
    connection: connections[0]?.id ?? null,
    backup: withBackup?.lastGood ?? null,
  }
}
