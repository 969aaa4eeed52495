import { createHash } from 'node:crypto'
import type { Database } from 'better-sqlite3'
import { z } from 'zod'
import { ArchiveObject } from '../../preload/contract/index.ts'
import { Sql, type SqlParameters } from './sql.ts'

/** The first tables of a backup, and how many there are besides. */
export const Holds = z.object({ first: z.array(z.string()), more: z.number().int().nonnegative() })
export type Holds = z.infer<typeof Holds>

/** What of a backup the list needs. */
const Listed = z.object({
  id: z.string(),
  connectionId: z.string(),
  connection: z.string(),
  database: z.string(),
  engine: z.string(),
  format: z.string(),
  createdBy: z.string().nullable(),
  startedAt: z.string(),
  state: z.string(),
  kind: z.string(),
  trigger: z.string(),
  pinned: z.boolean(),
  artifactBytes: z.number().nullable(),
  plaintextBytes: z.number().nullable(),
  durationMs: z.number(),
  name: z.string().nullable(),
  description: z.string().nullable(),
  warnings: z.array(z.unknown()),
})
type Listed = z.infer<typeof Listed>
type Owner = Pick<Listed, 'connectionId' | 'connection' | 'database' | 'engine' | 'format' | 'createdBy'>
type Objects = readonly Pick<ArchiveObject, 'kind' | 'displayName' | 'partOf'>[]

const shownTables = 3

/** Puts a backup on the list. `contents` null: sealed, or none; their names are not searched then. */
export function listBackup(sql: Sql, record: Listed, contents: Objects | null, badge = 'none'): void {
  const { artifactBytes, plaintextBytes, name, description } = record
  sql.run(
    `INSERT INTO backup_list (id, subject, started_at, state, kind, started_by, badge, pinned, warnings, connection, artifact_bytes, ratio, duration_ms)
     VALUES (@id, @subject, @startedAt, @state, @kind, @trigger, @badge, @pinned, @warnings, @connection, @artifactBytes, @ratio, @durationMs)`,
    {
      id: record.id,
      subject: subjectId(sql, record, contents),
      startedAt: record.startedAt,
      state: record.state,
      kind: record.kind,
      trigger: record.trigger,
      badge,
      pinned: record.pinned ? 1 : 0,
      warnings: record.warnings.length,
      connection: record.connection,
      artifactBytes,
      ratio: artifactBytes !== null && plaintextBytes ? artifactBytes / plaintextBytes : null,
      durationMs: record.durationMs,
    },
  )
  if (name === null && description === null) return
  sql.run('INSERT INTO backup_texts (id, search) VALUES (@id, @search)', {
    id: record.id,
    search: searchText([name ?? '', description ?? '']),
  })
}

/** The same for a backup whose contents were learned later. */
export function relistBackup(sql: Sql, record: Owner & { readonly id: string }, contents: Objects): void {
  sql.run('UPDATE backup_list SET subject = @subject WHERE id = @id', {
    id: record.id,
    subject: subjectId(sql, record, contents),
  })
}

/** The text in which a search looks, and what is searched for: small letters, also of scripts that SQLite doesn't know. */
export function searchText(parts: readonly string[]): string {
  return parts.join('\n').toLowerCase()
}

function subjectId(sql: Sql, owner: Owner, contents: Objects | null): number {
  const { connectionId, connection, database, engine, format } = owner
  const createdBy = owner.createdBy === null ? null : searchText([owner.createdBy])
  const search = searchText([connection, database, ...(contents ?? []).map(({ displayName }) => displayName)])
  const holds = JSON.stringify(holdsOf(contents ?? []))
  const subject = { connectionId, connection, database, engine, format, createdBy, holds, search }
  const digest = createHash('sha256').update(JSON.stringify(subject)).digest('hex')
  const known = idOf(sql, digest)
  if (known !== null) return known
  sql.run(
    `INSERT INTO backup_subjects (digest, connection_id, connection, database, engine, format, created_by, holds, search)
     VALUES (@digest, @connectionId, @connection, @database, @engine, @format, @createdBy, @holds, @search)`,
    { digest, ...subject } satisfies SqlParameters,
  )
  return idOf(sql, digest) ?? 0
}

function idOf(sql: Sql, digest: string): number | null {
  const row = z.object({ id: z.number() })
  return sql.row(row, 'SELECT id FROM backup_subjects WHERE digest = @digest', { digest })?.id ?? null
}

function holdsOf(contents: Objects): Holds {
  const tables = contents.filter(({ kind, partOf }) => kind === 'table' && partOf === null)
  return {
    first: tables.slice(0, shownTables).map(({ displayName }) => displayName),
    more: Math.max(0, tables.length - shownTables),
  }
}

const Stored = z.object({
  id: z.string(),
  badge: z.string(),
  pinned: z.number(),
  document: z.string(),
  contents: z.string().nullable(),
})
const Contents = z.array(ArchiveObject.pick({ kind: true, displayName: true, partOf: true })).nullable()
const atOnce = 500

/** Lists the backups that were there before there was a list. A row that can't be read is left out: it is told where it is read. */
export function fillBackupList(database: Database): void {
  const sql = new Sql(database)
  for (let after = ''; ;) {
    const rows = sql.rows(
      Stored,
      `SELECT id, badge, pinned, document, contents FROM backups LEFT JOIN backup_contents ON backup_id = id
       WHERE id > @after ORDER BY id LIMIT ${atOnce}`,
      { after },
    )
    for (const { id, badge, pinned, document, contents } of rows) {
      const record = Listed.safeParse(parsed(document))
      const objects = Contents.safeParse(contents === null ? null : parsed(contents))
      if (record.success) {
        listBackup(sql, { ...record.data, id, pinned: pinned !== 0 }, objects.data ?? null, badge)
      }
    }
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.id
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
