import type { SchemaVersion } from '../../../preload/contract/index.ts'

/** A row as text, by column. */
export type MigrationRow = Readonly<Record<string, string | null>>

/** A table in which a tool notes the migrations that it applied. */
export interface MigrationTable {
  readonly tool: SchemaVersion['tool']
  readonly name: string
  /** All of these have to be there: other tables have the same name. */
  readonly columns: readonly string[]
  /** A column that orders the rows, the newest last. */
  readonly orderedBy: string
  /** Another table of the tool, where the name alone says too little. */
  readonly besides: string | null
  /** What the rows say, in their order; null where they say nothing. Pure. */
  read(rows: readonly MigrationRow[]): SchemaVersion | null
}

/** More rows than any project has migrations: these are read, the newest first. */
export const migrationRowLimit = 50_000

/** Known tables, the more telling names first. */
export const migrationTables: readonly MigrationTable[] = [
  {
    tool: 'django',
    name: 'django_migrations',
    columns: ['id', 'app', 'name'],
    orderedBy: 'id',
    besides: null,
    read: (rows) => newest('django', rows, ({ app, name }) => `${app ?? ''}.${name ?? ''}`),
  },
  {
    tool: 'flyway',
    name: 'flyway_schema_history',
    columns: ['installed_rank', 'version', 'description', 'success'],
    orderedBy: 'installed_rank',
    besides: null,
    read: readFlyway,
  },
  {
    tool: 'prisma',
    name: '_prisma_migrations',
    columns: ['migration_name', 'started_at', 'finished_at', 'rolled_back_at'],
    orderedBy: 'started_at',
    besides: null,
    read: readPrisma,
  },
  {
    tool: 'alembic',
    name: 'alembic_version',
    columns: ['version_num'],
    orderedBy: 'version_num',
    besides: null,
    // Only where the migrations have come, no list of them; several rows are several branches.
    read: (rows) => {
      const heads = rows.map(({ version_num: head }) => head ?? '').filter((head) => head !== '')
      return heads.length === 0 ? null : { tool: 'alembic', version: heads.join(', '), appliedCount: null }
    },
  },
  {
    tool: 'liquibase',
    name: 'databasechangelog',
    columns: ['id', 'orderexecuted', 'exectype'],
    orderedBy: 'orderexecuted',
    besides: null,
    read: (rows) => {
      const failed = rows.findLast(({ exectype }) => exectype === 'FAILED')?.['id']
      const applied = rows.filter(({ exectype }) => exectype !== 'FAILED')
      return withFailed(
        newest('liquibase', applied, ({ id }) => id ?? ''),
        failed,
      )
    },
  },
  {
    tool: 'rails',
    name: 'schema_migrations',
    columns: ['version'],
    orderedBy: 'version',
    besides: 'ar_internal_metadata',
    read: (rows) => newest('rails', rows, ({ version }) => version ?? ''),
  },
]

function newest(
  tool: SchemaVersion['tool'],
  rows: readonly MigrationRow[],
  nameOf: (row: MigrationRow) => string,
): SchemaVersion | null {
  const last = rows.at(-1)
  return last === undefined ? null : { tool, version: nameOf(last), appliedCount: rows.length }
}

function withFailed(version: SchemaVersion | null, failed: string | null | undefined): SchemaVersion | null {
  return version === null || failed === null || failed === undefined ? version : { ...version, failed }
}

function readFlyway(rows: readonly MigrationRow[]): SchemaVersion | null {
  const isDone = ({ success }: MigrationRow) => ['true', 't', '1'].includes(success ?? '')
  const versioned = rows.filter((row) => isDone(row) && (row['version'] ?? '') !== '')
  const failed = rows.findLast((row) => !isDone(row))
  const name = failed === undefined ? undefined : (failed['version'] ?? failed['description'])
  return withFailed(
    newest('flyway', versioned, ({ version }) => version ?? ''),
    name,
  )
}

function readPrisma(rows: readonly MigrationRow[]): SchemaVersion | null {
  const isTakenBack = ({ rolled_back_at: at }: MigrationRow) => at !== null && at !== undefined
  const isDone = ({ finished_at: at }: MigrationRow) => at !== null && at !== undefined
  const standing = rows.filter((row) => !isTakenBack(row))
  const failed = standing.findLast((row) => !isDone(row))?.['migration_name']
  return withFailed(
    newest('prisma', standing.filter(isDone), ({ migration_name: name }) => name ?? ''),
    failed,
  )
}
