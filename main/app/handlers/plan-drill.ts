import { AppError, localClusterName } from '../../../preload/contract/index.ts'
import type { BackupEntry, ConnectionRow } from '../../catalog/catalog.ts'
import { productionReason, refused } from '../../validation/production-rule.ts'
import type { ScratchChoice } from '../../validation/scratch-server.ts'
import type { Core } from '../core.ts'
import { registries } from '../registries.ts'

/** Where a restore test runs, and the connections whose secrets it needs. */
export interface PlannedDrill {
  readonly scratch: ScratchChoice
  readonly connections: readonly ConnectionRow[]
}

/**
 * What is known before the job starts: `USAGE` where the choice makes no sense, `PLAN_BLOCKED` for a server that is marked
 * production without consent. That another name leads to such a server only the job finds out.
 */
export function planDrill(
  core: Core,
  entry: BackupEntry,
  scratch: string | null,
  consent: string | null,
): PlannedDrill {
  const { catalog, audit } = core
  const engine = registries.engine(entry.engine)
  if (consent !== null && (scratch === null || scratch === localClusterName)) {
    throw new AppError('USAGE', 'It is not said on which server the restore test may run with consent.', {
      remedy: 'Name its connection with --scratch <connection>.',
    })
  }
  if (scratch === localClusterName) {
    if (engine.localScratch === null) {
      throw new AppError('USAGE', `${engine.label} needs no server: its restore tests use a temporary file.`, {
        remedy: 'Leave out --scratch.',
      })
    }
    return { scratch: { kind: 'local-cluster' }, connections: [] }
  }
  const own = catalog.connections.find(entry.connectionId)
  const row = scratch === null ? own : catalog.connections.resolve(scratch)
  if (row?.environment === 'production' && consent === null && !engine.capabilities.databaseIsPath) {
    const reason = productionReason(row.name)
    audit.write({ action: 'drill.refused', subject: entry.id, outcome: 'refused', detail: { scratch: row.name } })
    throw refused(reason)
  }
  const connections = new Map([row, own].flatMap((each) => (each === null ? [] : [[each.id, each] as const])))
  return {
    scratch: scratch === null || row === null ? { kind: 'own' } : { kind: 'connection', id: row.id },
    connections: [...connections.values()],
  }
}
