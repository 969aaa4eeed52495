import { z } from 'zod'
import {
  AppError,
  ArchiveObject,
  type BackupKind,
  type BackupState,
  type CopyState,
  type Origin,
  type Warning,
} from '../../preload/contract/index.ts'
import { BackupRecord, CopyRecord, isGood, type BackupEntry } from './backup-record.ts'
import { backupRow, copyRow, historyRow, type BackupHistory } from './backup-rows.ts'
import { listBackup, relistBackup } from './backup-subjects.ts'
import { nearBackups } from './near-backups.ts'
import { notFound } from './references.ts'
import { jsonColumn, type Sql } from './sql.ts'

/** Which backups a list holds; what is left out does not narrow it. */
export interface BackupFilter {
  readonly connectionId?: string | null
  readonly database?: string | null
  readonly state?: BackupState | null
  readonly kind?: BackupKind | null
  /** null: all of them. */
  readonly limit?: number | null
  /** Continues after this entry of an earlier page. */
  readonly after?: Pick<BackupEntry, 'startedAt' | 'id'> | null
}

const columns = 'document, pinned, badge'

/** Backups, their copies and contents. */
export class BackupsRepository {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** One transaction. `contents` null: sealed, or none. `manifest`: the manifest's bytes, or their text; null for a failed one. */
  insert(
    record: BackupRecord,
    copies: readonly CopyRecord[],
    contents: readonly ArchiveObject[] | null,
    manifest: Uint8Array | string | null,
  ): void {
    this.#sql.transaction(() => {
      if (this.find(record.id) !== null) {
        throw new AppError('ALREADY_EXISTS', 'This backup is in the catalog already.', { detail: record.id })
      }
      this.#sql.run(
        `INSERT INTO backups (id, state, kind, connection_id, database, name, started_at, duration_ms, plaintext_bytes, artifact_bytes, pinned, badge, document)
         VALUES (@id, @state, @kind, @connectionId, @database, @name, @startedAt, @durationMs, @plaintextBytes, @artifactBytes, @pinned, 'none', @document)`,
        {
          id: record.id,
          state: record.state,
          kind: record.kind,
          connectionId: record.connectionId,
          database: record.database,
          name: record.name,
          startedAt: record.startedAt,
          durationMs: record.durationMs,
          plaintextBytes: record.plaintextBytes,
          artifactBytes: record.artifactBytes,
          pinned: record.pinned ? 1 : 0,
          document: JSON.stringify(BackupRecord.parse(record)),
        },
      )
      // The manifest's bytes become text in SQLite: as text of this program they would be copied twice more.
      this.#sql.run(
        `INSERT INTO backup_contents (backup_id, contents, manifest)
         VALUES (@id, @contents, CAST(@manifest AS TEXT))`,
        { id: record.id, contents: contents === null ? null : JSON.stringify(contents), manifest },
      )
      listBackup(this.#sql, record, contents)
      for (const copy of copies) this.addCopy(record.id, copy)
    })
  }

  /** Newest first. */
  list(filter: BackupFilter = {}): readonly BackupEntry[] {
    const { connectionId = null, database = null, state = null, kind = null, limit = null, after = null } = filter
    const conditions = [
      connectionId === null ? null : 'connection_id = @connectionId',
      database === null ? null : 'database = @database',
      state === null ? null : 'state = @state',
      kind === null ? null : 'kind = @kind',
      after === null ? null : '(started_at, id) < (@afterStartedAt, @afterId)',
    ].filter((condition) => condition !== null)
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`
    return this.#select(`${where} ORDER BY started_at DESC, id DESC LIMIT @limit`, {
      ...(connectionId === null ? {} : { connectionId }),
      ...(database === null ? {} : { database }),
      ...(state === null ? {} : { state }),
      ...(kind === null ? {} : { kind }),
      ...(after === null ? {} : { afterStartedAt: after.startedAt, afterId: after.id }),
      limit: limit ?? -1,
    })
  }

  find(id: string): BackupEntry | null {
    return this.#select('WHERE id = @id', { id })[0] ?? null
  }

  /** Those of these ids that are there, in the given order. */
  many(ids: readonly string[]): readonly BackupEntry[] {
    const found = this.#select('WHERE id IN (SELECT value FROM json_each(@ids))', { ids: JSON.stringify(ids) })
    const byId = new Map<string, BackupEntry>(found.map((entry) => [entry.id, entry]))
    return ids.flatMap((id) => byId.get(id) ?? [])
  }

  /** `NOT_FOUND` where it is not there. */
  get(id: string): BackupEntry {
    const found = this.find(id)
    if (found === null) throw notFound([], id, 'backup')
    return found
  }

  /**
   * By id, unique beginning of one (at least 4 characters), exact name where one backup has it, or `latest`: the newest
   * good backup of `connectionId` (`USAGE` without one) that isn't a safety backup. `NOT_FOUND`, `AMBIGUOUS`.
   */
  resolve(reference: string, connectionId: string | null = null, database: string | null = null): BackupEntry {
    if (reference === 'latest') return this.latestBefore(connectionId, database, null)
    const exact = this.find(reference.toUpperCase())
    if (exact !== null) return exact
    const named = this.#select(
      `WHERE name = @reference${ofConnection(connectionId)} ORDER BY started_at DESC LIMIT 11`,
      { reference, ...idOf(connectionId) },
    )
    const matches = named.length > 0 ? named : this.#withPrefix(reference.toUpperCase(), connectionId)
    const [only] = matches
    if (only === undefined) throw notFound(nearBackups(this.#sql, reference), reference, 'backup')
    if (matches.length === 1) return only
    throw new AppError('AMBIGUOUS', `"${reference}" fits more than one backup.`, {
      detail: matches
        .map(({ id, startedAt, connection, database }) => `${id} ${startedAt} ${connection} ${database}`)
        .join('\n'),
      remedy: 'Give more characters of the id. `holdfast backups list` shows all of them.',
    })
  }

  /** The newest that is complete and has a copy whose last check didn't fail; null where there is none. */
  newestGood(connectionId: string, database: string | null = null): BackupEntry | null {
    const ofDatabase = database === null ? '' : 'AND database = @database'
    const parameters = { connectionId, ...(database === null ? {} : { database }) }
    return (
      this.#select(
        `WHERE connection_id = @connectionId ${ofDatabase} AND ${good} ORDER BY started_at DESC, id DESC LIMIT 1`,
        parameters,
      )[0] ?? null
    )
  }

  /** The newest good one that a restore test proved; null where there is none. */
  newestProven(connectionId: string, database: string | null = null): BackupEntry | null {
    const ofDatabase = database === null ? '' : 'AND database = @database'
    const parameters = { connectionId, ...(database === null ? {} : { database }) }
    return (
      this.#select(
        `WHERE connection_id = @connectionId ${ofDatabase} AND badge = 'proven' AND ${good} ORDER BY started_at DESC, id DESC LIMIT 1`,
        parameters,
      )[0] ?? null
    )
  }

  /** What the archive reader found; null where it is sealed or unknown. */
  contents(id: string): readonly ArchiveObject[] | null {
    const row = z.object({ contents: jsonColumn(z.array(ArchiveObject)).nullable() })
    return this.#sql.row(row, 'SELECT contents FROM backup_contents WHERE backup_id = @id', { id })?.contents ?? null
  }

  /** The manifest's text as it was written; null where there is none. */
  manifest(id: string): string | null {
    return (
      this.#sql.row(
        z.object({ manifest: z.string().nullable() }),
        'SELECT manifest FROM backup_contents WHERE backup_id = @id',
        { id },
      )?.manifest ?? null
    )
  }

  /** Adds a copy, or replaces what is known of the copy at that destination. */
  addCopy(backupId: string, copy: CopyRecord): void {
    this.#sql.run(
      `INSERT INTO copies (backup_id, destination_id, destination, object, location, state, checked_at)
       VALUES (@backupId, @destinationId, @destination, @object, @location, @state, @checkedAt)
       ON CONFLICT (backup_id, destination_id) DO UPDATE SET destination = @destination, object = @object, location = @location, state = @state, checked_at = @checkedAt`,
      { backupId, ...CopyRecord.parse(copy) },
    )
  }

  /** What a check found out about a copy. */
  setCopyState(backupId: string, destinationId: string, state: CopyState, checkedAt: string): void {
    this.#sql.run(
      'UPDATE copies SET state = @state, checked_at = @checkedAt WHERE backup_id = @backupId AND destination_id = @destinationId',
      {
        backupId,
        destinationId,
        state,
        checkedAt,
      },
    )
  }

  removeCopy(backupId: string, destinationId: string): void {
    this.#sql.run('DELETE FROM copies WHERE backup_id = @backupId AND destination_id = @destinationId', {
      backupId,
      destinationId,
    })
  }

  /** Backups with a copy of that name at the destination: for a rescan. */
  atDestination(destinationId: string, object: string): readonly string[] {
    const text = 'SELECT backup_id FROM copies WHERE destination_id = @destinationId AND object = @object'
    return this.#sql
      .rows(z.object({ backup_id: z.string() }), text, { destinationId, object })
      .map(({ backup_id }) => backup_id)
  }

  /** `NOT_FOUND` where it is not there. */
  pin(id: string, isPinned: boolean): void {
    if (this.#sql.run('UPDATE backups SET pinned = @pinned WHERE id = @id', { id, pinned: isPinned ? 1 : 0 }) === 0)
      throw notFound([], id, 'backup')
  }

  /** What came up after a backup was complete. Nothing happens where there is no complete backup of that id. */
  addWarnings(id: string, warnings: readonly Warning[]): void {
    this.#sql.transaction(() => {
      const entry = this.find(id)
      if (entry?.state !== 'complete') return
      const { badge, copies, ...record } = entry
      const document = JSON.stringify(BackupRecord.parse({ ...record, warnings: [...record.warnings, ...warnings] }))
      this.#sql.run('UPDATE backups SET document = @document WHERE id = @id', { id, document })
    })
  }

  /** What a key that came later says about a backup: whose it is, and what it holds. `contents` null: still sealed. */
  learn(
    id: string,
    news: {
      readonly origin: Origin
      readonly needsKey: string | null
      readonly contents: readonly ArchiveObject[] | null
    },
  ): void {
    this.#sql.transaction(() => {
      const { badge, copies, ...record } = this.get(id)
      const document = JSON.stringify(BackupRecord.parse({ ...record, origin: news.origin, needsKey: news.needsKey }))
      this.#sql.run('UPDATE backups SET document = @document WHERE id = @id', { id, document })
      if (news.contents === null) return
      relistBackup(this.#sql, record, news.contents)
      this.#sql.run('UPDATE backup_contents SET contents = @contents WHERE backup_id = @id', {
        id,
        contents: JSON.stringify(news.contents),
      })
    })
  }

  /** Removes the record with copies, contents and validations; no file anywhere. `NOT_FOUND` where it is not there. */
  delete(id: string): void {
    if (this.#sql.run('DELETE FROM backups WHERE id = @id', { id }) === 0) throw notFound([], id, 'backup')
  }

  /** What the newest complete backups of a database cost, newest first. */
  history(connectionId: string, database: string, limit = 10): readonly BackupHistory[] {
    return this.#sql.rows(
      historyRow,
      `SELECT duration_ms, plaintext_bytes, artifact_bytes FROM backups
       WHERE connection_id = @connectionId AND database = @database AND state = 'complete' AND plaintext_bytes IS NOT NULL AND artifact_bytes IS NOT NULL
       ORDER BY started_at DESC, id DESC LIMIT @limit`,
      { connectionId, database, limit },
    )
  }

  /** How many good backups there are, and the bytes of all stored copies. */
  totals(): { readonly backups: number; readonly storedBytes: number } {
    const found = this.#sql.row(
      z.object({ backups: z.number(), stored: z.number() }),
      `SELECT (SELECT count(*) FROM backups WHERE ${good}) AS backups,
       (SELECT coalesce(sum(artifact_bytes), 0) FROM copies JOIN backup_list ON backup_list.id = copies.backup_id WHERE copies.state = 'stored') AS stored`,
    )
    return { backups: found?.backups ?? 0, storedBytes: found?.stored ?? 0 }
  }

  /** `latest`, and with `before` the newest of those that began before that time. */
  latestBefore(connectionId: string | null, database: string | null, before: string | null): BackupEntry {
    if (connectionId === null) {
      throw new AppError('USAGE', '"latest" needs to know of which connection.', {
        remedy: 'Add `--connection <name>`.',
      })
    }
    const newest = this.goodOf(connectionId, { database, before }, 1).find(isGood)
    if (newest !== undefined) return newest
    const which = before === null ? '' : ` from before ${before}`
    throw new AppError('NOT_FOUND', `This connection has no good backup${which}.`, {
      remedy: before === null ? 'Take one with `holdfast backup`.' : 'Name a later time, or a backup by its id.',
    })
  }

  /** Good backups other than safety backups, newest first, at most `limit`; after and before: when they began. */
  goodOf(
    connectionId: string,
    filter: { readonly database?: string | null; readonly before?: string | null; readonly after?: string | null },
    limit = 100,
  ): readonly BackupEntry[] {
    const { database = null, before = null, after = null } = filter
    const conditions = [
      'connection_id = @connectionId',
      good,
      `kind <> 'safety'`,
      ...(database === null ? [] : ['database = @database']),
      ...(before === null ? [] : ['started_at < @before']),
      ...(after === null ? [] : ['started_at > @after']),
    ]
    const given = Object.entries({ connectionId, database, before, after }).filter(
      (entry): entry is [string, string] => entry[1] !== null,
    )
    return this.#select(`WHERE ${conditions.join(' AND ')} ORDER BY started_at DESC, id DESC LIMIT @limit`, {
      ...Object.fromEntries(given),
      limit,
    })
  }

  #withPrefix(prefix: string, connectionId: string | null): readonly BackupEntry[] {
    if (!/^[0-9A-HJKMNP-TV-Z]{4,25}$/.test(prefix)) return []
    // '[' follows 'Z': the range holds exactly the ids that begin so, and uses the primary key.
    return this.#select(
      `WHERE id >= @prefix AND id < @prefix || '['${ofConnection(connectionId)} ORDER BY id LIMIT 11`,
      { prefix, ...idOf(connectionId) },
    )
  }

  #select(rest: string, parameters: Readonly<Record<string, string | number>>): readonly BackupEntry[] {
    const found = this.#sql.rows(backupRow, `SELECT ${columns} FROM backups ${rest}`, parameters)
    if (found.length === 0) return []
    const copies = this.#sql.rows(
      copyRow,
      `SELECT backup_id, destination_id, destination, object, location, state, checked_at FROM copies
       WHERE backup_id IN (SELECT value FROM json_each(@ids)) ORDER BY backup_id, rowid`,
      { ids: JSON.stringify(found.map(({ id }) => id)) },
    )
    const byBackup = Map.groupBy(copies, ({ backupId }) => backupId)
    return found.map((each) => ({ ...each, copies: (byBackup.get(each.id) ?? []).map(({ copy }) => copy) }))
  }
}

const good = `state = 'complete' AND kind <> 'salvage' AND badge <> 'failed' AND EXISTS (SELECT 1 FROM copies WHERE copies.backup_id = backups.id AND copies.state = 'stored')`

function ofConnection(connectionId: string | null): string {
  return connectionId === null ? '' : ' AND connection_id = @connectionId'
}

function idOf(connectionId: string | null): Readonly<Record<string, string>> {
  return connectionId === null ? {} : { connectionId }
}
