import { Secret, type Engine } from '../engine.ts'
import { dumpPostgres } from './dump.ts'
import { describeEndpoint, resolveEndpoint } from './endpoint.ts'
import { customFormat, customMagic, plainFormat } from './format.ts'
import { postgresInPlace } from './in-place-restore.ts'
import { inspectPostgres } from './inspect.ts'
import { postgresLocalScratch } from './local-cluster.ts'
import { unknownStatements } from './known-settings.ts'
import { postgresTargets } from './managed-targets.ts'
import { planPlainRestore } from './plain-plan.ts'
import { restorePlain } from './plain-restore.ts'
import { lintPostgres, plainReader } from './plain-script.ts'
import { quoteForShell } from './plan-parts.ts'
import { planPostgresRestore } from './plan-restore.ts'
import { recogniseScript } from '../plain-sql/recognise-script.ts'
import { PostgresProfile } from './profile.ts'
import { cutToBytes, nameLimitBytes, quoteConnectionValue } from './quoting.ts'
import { customReader } from './reader/custom-reader.ts'
import { dumpMajorOf, restorePostgres } from './restore.ts'
import { runPostgresSql } from './run-sql.ts'
import { postgresSwap } from './swap.ts'

/** PostgreSQL: dumped by `pg_dump` in the custom format, restored by `pg_restore`, asked through the driver `pg`. */
export const postgresqlEngine: Engine<PostgresProfile> = {
  id: 'postgresql',
  label: 'PostgreSQL',
  profileSchema: PostgresProfile,
  profilePaths: ['caFile'],
  capabilities: {
    formats: [customFormat],
    importFormats: [plainFormat],
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
  reader: (format) => (format === customFormat.id ? customReader : format === plainFormat.id ? plainReader : null),
  recognise(head) {
    const isArchive = customMagic.equals(head.subarray(0, customMagic.length))
    if (isArchive) return { format: customFormat.id }
    return recogniseScript(head) === null ? null : { format: plainFormat.id }
  },
  lint: lintPostgres,
  planRestore: (access, request, manifest, ...rest) =>
    (manifest.format === plainFormat.id ? planPlainRestore : planPostgresRestore)(access, request, manifest, ...rest),
  restore: (access, request, source, context) =>
    (source.manifest.format === plainFormat.id ? restorePlain : restorePostgres)(access, request, source, context),
  restoreByHand({ format, database, tools, server }) {
    const suffix = '_restored'
    const name = cutToBytes(database, nameLimitBytes - suffix.length) + suffix
    const create = `createdb --template=template0 -- ${quoteForShell(name)}`
    const where = quoteForShell(`--dbname=dbname=${quoteConnectionValue(name)}`)
    if (format === plainFormat.id) return `{ ${create} && psql --no-psqlrc --set=ON_ERROR_STOP=1 ${where}; }`
    const flags = '--exit-on-error --no-owner --no-privileges --no-subscriptions'
    const without =
      tools === undefined || server === undefined
        ? []
        : unknownStatements(dumpMajorOf({ tools, server }), server.versionNumber)
    if (without.length === 0) return `{ ${create} && pg_restore ${flags} ${where}; }`
    // Of the head alone, which ends before the first command: a row may be equal to it.
    const edits = without.map(({ statement }) => quoteForShell(`1,/^SET row_security/{/^${statement}$/d}`))
    // Through a file: where a pipe ends early, psql would call it well.
    const script = 'holdfast-restore.sql'
    const edit = `sed ${edits.map((each) => `-e ${each}`).join(' ')} ${script}`
    const run = `psql --no-psqlrc --set=ON_ERROR_STOP=1 ${where}`
    return `{ ${create} && pg_restore ${flags} --file=${script} && ${edit} | ${run}; }`
  },
  targets: postgresTargets,
  swap: postgresSwap,
  inPlace: postgresInPlace,
  localScratch: postgresLocalScratch,
  runSql: runPostgresSql,
}
