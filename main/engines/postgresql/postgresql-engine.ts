import { Secret, type Engine } from '../engine.ts'
import { dumpPostgres } from './dump.ts'
import { describeEndpoint, resolveEndpoint } from './endpoint.ts'
import { customFormat, customMagic } from './format.ts'
import { postgresInPlace } from './in-place-restore.ts'
import { inspectPostgres } from './inspect.ts'
import { postgresLocalScratch } from './local-cluster.ts'
import { postgresTargets } from './managed-targets.ts'
import { quoteForShell } from './plan-parts.ts'
import { planPostgresRestore } from './plan-restore.ts'
import { PostgresProfile } from './profile.ts'
import { cutToBytes, nameLimitBytes, quoteConnectionValue } from './quoting.ts'
import { customReader } from './reader/custom-reader.ts'
import { restorePostgres } from './restore.ts'
import { runPostgresSql } from './run-sql.ts'
import { postgresSwap } from './swap.ts'

/** PostgreSQL: dumped by `pg_dump` in the custom format, restored by `pg_restore`, asked through the driver `pg`. */
export const postgresqlEngine: Engine<PostgresProfile> = {
  id: 'postgresql',
  label: 'PostgreSQL',
  profileSchema: PostgresProfile,
  capabilities: {
    formats: [customFormat],
    hasSelectableObjects: true,
    hasParallelRestore: false,
    hasTransactionalRestore: true,
    hasSwapRestore: true,
    hasSnapshotRowCounts: true,
    dumpsThroughFile: false,
    databaseIsPath: false,
  },

  defaultDatabase: (profile) => resolveEndpoint({ profile, secret: Secret.none() }).database,
  describe: (profile) => describeEndpoint(resolveEndpoint({ profile, secret: Secret.none() })),
  inspect: inspectPostgres,
  dump: dumpPostgres,
  reader: (format) => (format === customFormat.id ? customReader : null),
  recognise(head) {
    const isArchive = customMagic.equals(head.subarray(0, customMagic.length))
    return isArchive ? { format: customFormat.id } : null
  },
  planRestore: planPostgresRestore,
  restore: restorePostgres,
  restoreByHand({ database }) {
    const suffix = '_restored'
    const name = cutToBytes(database, nameLimitBytes - suffix.length) + suffix
    const create = `createdb --template=template0 -- ${quoteForShell(name)}`
    const flags = '--exit-on-error --no-owner --no-privileges --no-subscriptions'
    return `{ ${create} && pg_restore ${flags} ${quoteForShell(`--dbname=dbname=${quoteConnectionValue(name)}`)}; }`
  },
  targets: postgresTargets,
  swap: postgresSwap,
  inPlace: postgresInPlace,
  localScratch: postgresLocalScratch,
  runSql: runPostgresSql,
}
