import { dirname } from 'node:path'
import type { ServerInfo } from '../../../preload/contract/index.ts'
import type { Engine } from '../engine.ts'
import { readChoosable } from './current-objects.ts'
import { dumpSqlite } from './dump.ts'
import { databaseBytes, libraryVersion } from './facts.ts'
import { sqliteInPlace } from './in-place.ts'
import { planSqliteRestore } from './plan.ts'
import { sqliteMagic } from './page-file.ts'
import { SqliteProfile } from './profile.ts'
import { fileFormat, scriptFormat } from './formats.ts'
import { lintSqlite } from './lint.ts'
import { sqliteFormat, sqliteReader } from './reader.ts'
import { restoreSqlite } from './restore.ts'
import { runSqliteSql } from './run-sql.ts'
import { readSchema } from './schema.ts'
import { withSource } from './source-database.ts'
import { recogniseScript } from '../plain-sql/recognise-script.ts'
import { sqlFormat, sqlReader } from './sql-reader.ts'
import { sqliteSwap } from './swap.ts'
import { sqliteTargets } from './targets.ts'

/** SQLite: a database is a file, read and copied by the SQLite library inside this process. */
export const sqliteEngine: Engine<SqliteProfile> = {
  id: 'sqlite',
  label: 'SQLite',
  profileSchema: SqliteProfile,
  profilePaths: ['path'],
  capabilities: {
    formats: [fileFormat, scriptFormat],
    hasSelectableObjects: true,
    hasParallelRestore: false,
    hasTransactionalRestore: false,
    hasSwapRestore: true,
    hasSnapshotRowCounts: true,
    dumpsThroughFile: true,
    databaseIsPath: true,
  },

  defaultDatabase: (profile) => profile.path,
  describe: (profile) => dirname(profile.path),

  inspect(access, signal): Promise<ServerInfo> {
    signal.throwIfAborted()
    const { path } = access.profile
    return withSource(path, ({ database }) => {
      // Reading the schema is what shows that this is a database, and that it can be read.
      readSchema(database)
      const info: ServerInfo = {
        product: 'SQLite',
        ...libraryVersion(database),
        databases: [{ name: path, sizeBytes: databaseBytes(database) }],
        tools: [],
        isSuperuser: null,
        warnings: [],
      }
      return Promise.resolve(info)
    })
  },

  choosable: (_access, database, signal) => readChoosable(database, signal),
  dump: (_access, request, sink, context) => dumpSqlite(request, sink, context),
  reader: (format) => (format === sqliteFormat ? sqliteReader : format === sqlFormat ? sqlReader : null),
  recognise(head) {
    const isSqlite = sqliteMagic.equals(head.subarray(0, sqliteMagic.length))
    if (isSqlite) return { format: sqliteFormat }
    return recogniseScript(head) === 'sqlite' ? { format: sqlFormat } : null
  },
  lint: lintSqlite,
  planRestore: (_access, request, manifest, facts, signal) => planSqliteRestore(request, manifest, facts, signal),
  restore: (_access, request, source, context) => restoreSqlite(request, source, context),
  restoreByHand: ({ format }) =>
    format === sqlFormat
      ? 'sqlite3 -bail restored.sqlite # into an empty folder: no file restored.sqlite may be there'
      : 'cat > restored.sqlite && sqlite3 restored.sqlite "PRAGMA integrity_check" # into an empty folder: no restored.sqlite-wal may lie there',
  targets: sqliteTargets,
  swap: sqliteSwap,
  localScratch: null,
  inPlace: sqliteInPlace,
  runSql: (_access, { database, sql }, signal) => runSqliteSql(database, sql, signal),
}
