import type { ArchiveReader } from '../archive-reader.ts'
import { Secret, type Engine } from '../engine.ts'
import { postgresBackupAccount } from './backup-account.ts'
import { choosablePostgres } from './choosable-objects.ts'
import { dumpPostgres } from './dump.ts'
import { describeEndpoint, resolveEndpoint, tunnelOfProfile } from './endpoint.ts'
import { customFormat, customMagic, directoryFormat, plainFormat } from './format.ts'
import { postgresInPlace } from './in-place-restore.ts'
import { inspectPostgres } from './inspect.ts'
import { unknownStatements } from './known-settings.ts'
import { postgresLocalScratch } from './local-cluster.ts'
import { postgresTargets } from './managed-targets.ts'
import { planPlainRestore } from './plain-plan.ts'
import { restorePlain } from './plain-restore.ts'
import { lintPostgres, plainReader } from './plain-script.ts'
import { quoteForShell } from './plan-parts.ts'
import { planPostgresRestore } from './plan-restore.ts'
import { recogniseScript } from '../plain-sql/recognise-script.ts'
import { PostgresProfile } from './profile.ts'
import { whyUnprotected } from './protection.ts'
import { cutToBytes, nameLimitBytes, quoteConnectionValue } from './quoting.ts'
import { customReader } from './reader/custom-reader.ts'
import { directoryReader } from './reader/directory-reader.ts'
import { dumpMajorOf, restorePostgres } from './restore.ts'
import { postgresRoles } from './roles-apply.ts'
import { runPostgresSql } from './run-sql.ts'
import { postgresSwap } from './swap.ts'

/** A tar on standard input has to lie in a folder for `pg_restore`: how it comes there, and what `pg_restore` is told. */
const unpackByHand = [
  'mkdir -m 700 holdfast-restore && tar -x -f - -C holdfast-restore && ',
  ' holdfast-restore',
] as const

const readers: ReadonlyMap<string, ArchiveReader> = new Map([
  [customFormat.id, customReader],
  [directoryFormat.id, directoryReader],
  [plainFormat.id, plainReader],
])

/** PostgreSQL: dumped by `pg_dump` in the custom format, restored by `pg_restore`, asked through the driver `pg`. */
export const postgresqlEngine: Engine<PostgresProfile> = {
  id: 'postgresql',
  label: 'PostgreSQL',
  profileSchema: PostgresProfile,
  profilePaths: ['caFile', 'ssh.identityFile'],
  capabilities: {
    formats: [customFormat, plainFormat, directoryFormat],
    hasSelectableObjects: true,
    hasParallelRestore: true,
    hasTransactionalRestore: true,
    hasSwapRestore: true,
    hasSnapshotRowCounts: true,
    dumpsThroughFile: false,
    databaseIsPath: false,
  },

  defaultDatabase: (profile) => resolveEndpoint({ profile, secret: Secret.none() }).database,
  describe: (profile) => describeEndpoint(resolveEndpoint({ profile, secret: Secret.none() })),
  tunnelOf: tunnelOfProfile,
  unprotected: whyUnprotected,
  backupAccount: postgresBackupAccount,
  inspect: inspectPostgres,
  choosable: choosablePostgres,
  dump: dumpPostgres,
  reader: (format) => readers.get(format) ?? null,
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
    const [unpack, folder] = format === directoryFormat.id ? unpackByHand : ['', '']
    const flags = '--exit-on-error --no-owner --no-privileges --no-subscriptions'
    const without =
      tools === undefined || server === undefined
        ? []
        : unknownStatements(dumpMajorOf({ tools, server }), server.versionNumber)
    if (without.length === 0) return `{ ${unpack}${create} && pg_restore ${flags} ${where}${folder}; }`
    // Of the head alone, which ends before the first command: a row may be equal to it.
    const edits = without.map(({ statement }) => quoteForShell(`1,/^SET row_security/{/^${statement}$/d}`))
    // Through a file: where a pipe ends early, psql would call it well.
    const script = 'holdfast-restore.sql'
    const edit = `sed ${edits.map((each) => `-e ${each}`).join(' ')} ${script}`
    const run = `psql --no-psqlrc --set=ON_ERROR_STOP=1 ${where}`
    return `{ ${unpack}${create} && pg_restore ${flags} --file=${script}${folder} && ${edit} | ${run}; }`
  },
  targets: postgresTargets,
  swap: postgresSwap,
  inPlace: postgresInPlace,
  roles: postgresRoles,
  localScratch: postgresLocalScratch,
  runSql: runPostgresSql,
}
