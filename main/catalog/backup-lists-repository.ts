import { z } from 'zod'
import {
  Badge,
  BackupId,
  BackupKind,
  BackupState,
  DestinationId,
  Timestamp,
  type BackupFilter,
  type BackupSort,
} from '../../preload/contract/index.ts'
import type { BackupEntry } from './backup-record.ts'
import { Holds, searchText } from './backup-subjects.ts'
import type { BackupsRepository } from './backups-repository.ts'
import { booleanColumn, jsonColumn, type Sql, type SqlValue } from './sql.ts'

/** Which part of the list is wanted, references resolved. */
export interface BackupQuery {
  readonly connectionId: string | null
  readonly destinationId: string | null
  readonly filter: Omit<BackupFilter, 'connection' | 'destination'>
  readonly sort: BackupSort
  readonly offset: number
  readonly limit: number
}

/** A backup with the first tables that it holds. */
export interface ListedBackup {
  readonly entry: BackupEntry
  readonly holds: Holds
}

const mostPoints = 500
/** Letters of an id; fewer than four are in every other one. */
const partOfId = /^[0-9a-hjkmnp-tv-z]{4,26}$/
const sortColumns: Readonly<Record<BackupSort['by'], string>> = {
  startedAt: 'started_at',
  connection: 'connection',
  artifactBytes: 'artifact_bytes',
  ratio: 'ratio',
  durationMs: 'duration_ms',
}

const laneRow = z.object({ connection_id: z.string(), database: z.string(), subjects: z.string() })
const pointRow = z
  .object({
    id: BackupId,
    started_at: Timestamp,
    state: BackupState,
    badge: Badge,
    kind: BackupKind,
    is_good: booleanColumn,
    name: z.string().nullable(),
    artifact_bytes: z.number().nullable(),
    connection: z.string(),
  })
  .transform(({ started_at, is_good, name, artifact_bytes, ...rest }) => ({
    ...rest,
    startedAt: started_at,
    isGood: is_good,
    label: name,
    artifactBytes: artifact_bytes,
  }))

const usageRow = z
  .object({
    destination_id: DestinationId,
    copies: z.number(),
    stored_bytes: z.number(),
    bad_copies: z.number(),
    oldest_at: Timestamp.nullable(),
    newest_at: Timestamp.nullable(),
  })
  .transform((row) => ({
    destinationId: row.destination_id,
    copies: row.copies,
    storedBytes: row.stored_bytes,
    badCopies: row.bad_copies,
    oldestAt: row.oldest_at,
    newestAt: row.newest_at,
  }))

const badRow = z
  .object({ destination: z.string(), copies: z.number(), backup_id: BackupId, newest: Timestamp })
  .transform(({ destination, copies, backup_id, newest }) => ({
    destination,
    copies,
    newest: backup_id,
    startedAt: newest,
  }))

const dayRow = z
  .object({ started_at: Timestamp, state: BackupState, badge: Badge, warnings: z.number() })
  .transform(({ started_at, ...rest }) => ({ ...rest, startedAt: started_at }))

/** Lists over all backups, made for a hundred thousand of them: filtered, sorted and counted without reading their documents. */
export class BackupListsRepository {
  readonly #sql: Sql
  readonly #backups: BackupsRepository
  #counted = { key: '', total: 0 }

  constructor(sql: Sql, backups: BackupsRepository) {
    this.#sql = sql
    this.#backups = backups
  }

  /** Rows `offset` to `offset + limit` of those that the filter leaves, and how many these are. */
  page(query: BackupQuery): { readonly total: number; readonly rows: readonly ListedBackup[] } {
    const { where, parameters } = conditions(query)
    const total = this.#total(where, parameters)
    const ids = this.#ids(query, total, where, parameters)
    const holds = new Map(
      this.#sql
        .rows(
          z.object({ id: z.string(), holds: jsonColumn(Holds) }),
          `SELECT backup_list.id, holds FROM backup_list JOIN backup_subjects ON backup_subjects.id = subject
           WHERE backup_list.id IN (SELECT value FROM json_each(@ids))`,
          { ids: JSON.stringify(ids) },
        )
        .map((row) => [row.id, row.holds]),
    )
    const rows = this.#backups
      .many(ids)
      .map((entry) => ({ entry, holds: holds.get(entry.id) ?? { first: [], more: 0 } }))
    return { total, rows }
  }

  /** Counted once for all pages of a list that stays as it is. */
  #total(where: string, parameters: Readonly<Record<string, SqlValue>>): number {
    const { revision } = this.#sql.row(z.object({ revision: z.number() }), 'SELECT revision FROM changes') ?? {
      revision: 0,
    }
    const key = JSON.stringify([revision, where, parameters])
    if (this.#counted.key === key) return this.#counted.total
    const counted = this.#sql.row(
      z.object({ total: z.number() }),
      `SELECT count(*) AS total FROM backup_list ${where}`,
      parameters,
    )
    this.#counted = { key, total: counted?.total ?? 0 }
    return this.#counted.total
  }

  /** Read from the end that is nearer: the last page is as quick as the first. */
  #ids(
    { sort, offset, limit }: BackupQuery,
    total: number,
    where: string,
    parameters: Readonly<Record<string, SqlValue>>,
  ): readonly string[] {
    const count = Math.min(limit, total - offset)
    if (count <= 0) return []
    const isFromEnd = offset > total / 2
    const direction = sort.descending === isFromEnd ? 'ASC' : 'DESC'
    const ids = this.#sql
      .rows(
        z.object({ id: z.string() }),
        `SELECT id FROM backup_list ${where} ORDER BY ${sortColumns[sort.by]} ${direction}, id ${direction} LIMIT @count OFFSET @skipped`,
        { ...parameters, count, skipped: isFromEnd ? total - offset - count : offset },
      )
      .map(({ id }) => id)
    return isFromEnd ? ids.toReversed() : ids
  }

  /** Marks between two times per database, oldest first; of each database at most the newest 500. */
  timeline({
    since,
    until,
    connectionId,
  }: {
    readonly since: string
    readonly until: string
    readonly connectionId: string | null
  }) {
    const ofConnection = connectionId === null ? '' : 'WHERE connection_id = @connectionId'
    const lanes = this.#sql.rows(
      laneRow,
      `SELECT connection_id, database, json_group_array(id) AS subjects FROM backup_subjects ${ofConnection} GROUP BY connection_id, database`,
      connectionId === null ? {} : { connectionId },
    )
    return lanes.map((lane) => ({
      connectionId: lane.connection_id,
      database: lane.database,
      points: this.#sql.rows(
        pointRow,
        `SELECT l.id, l.started_at, l.state, l.badge, l.kind, l.artifact_bytes, l.connection, backups.name,
             l.state = 'complete' AND l.kind <> 'salvage' AND l.badge <> 'failed'
               AND EXISTS (SELECT 1 FROM copies INDEXED BY copies_of_backup WHERE backup_id = l.id AND copies.state = 'stored') AS is_good
           FROM (SELECT * FROM backup_list WHERE subject IN (SELECT value FROM json_each(@subjects)) AND started_at >= @since
             AND started_at < @until ORDER BY started_at DESC, id DESC LIMIT ${mostPoints}) AS l
           JOIN backups ON backups.id = l.id ORDER BY l.started_at, l.id`,
        { subjects: lane.subjects, since, until },
      ),
    }))
  }

  /** How backups of a connection ended since a time; what was taken in from elsewhere doesn't count. */
  since(connectionId: string, since: string) {
    return this.#sql.rows(
      dayRow,
      `SELECT started_at, state, badge, warnings FROM backup_list
       WHERE subject IN (SELECT id FROM backup_subjects WHERE connection_id = @connectionId)
       AND started_at >= @since AND kind NOT IN ('import', 'salvage')`,
      { connectionId, since },
    )
  }

  /** What lies at each destination where anything was ever put. */
  usage() {
    return this.#sql.rows(
      usageRow,
      `SELECT destination_id,
         count(*) FILTER (WHERE copies.state = 'stored') AS copies,
         coalesce(sum(artifact_bytes) FILTER (WHERE copies.state = 'stored'), 0) AS stored_bytes,
         count(*) FILTER (WHERE copies.state IN ('missing', 'altered', 'failed')) AS bad_copies,
         min(started_at) FILTER (WHERE copies.state = 'stored') AS oldest_at,
         max(started_at) FILTER (WHERE copies.state = 'stored') AS newest_at
       FROM copies JOIN backup_list ON backup_list.id = backup_id GROUP BY destination_id`,
    )
  }

  /** Per destination how many copies a check found missing or altered, and the newest backup among them. */
  badCopies() {
    return this.#sql.rows(
      badRow,
      `SELECT destination, backup_id, count(*) AS copies, max(started_at) AS newest
       FROM copies JOIN backup_list ON backup_list.id = backup_id
       WHERE copies.state IN ('missing', 'altered') GROUP BY destination_id ORDER BY newest DESC`,
    )
  }
}

function conditions({ connectionId, destinationId, filter }: BackupQuery): {
  readonly where: string
  readonly parameters: Readonly<Record<string, SqlValue>>
} {
  const parameters: Record<string, SqlValue> = {}
  const parts: string[] = []
  const oneOf = (column: string, name: string, words: readonly string[]): string[] => {
    if (words.length === 0) return []
    parameters[name] = JSON.stringify(words)
    return [`${column} IN (SELECT value FROM json_each(@${name}))`]
  }
  const ofSubject = [...oneOf('engine', 'engines', filter.engines), ...oneOf('format', 'formats', filter.formats)]
  if (connectionId !== null) {
    ofSubject.push('connection_id = @connectionId')
    parameters['connectionId'] = connectionId
  }
  if (filter.database !== null) {
    ofSubject.push(
      "(database = @database OR substr(database, -length(@database) - 1) IN ('/' || @database, '\\' || @database))",
    )
    parameters['database'] = filter.database
  }
  if (filter.createdBy !== null) {
    ofSubject.push('instr(created_by, @createdBy) > 0')
    parameters['createdBy'] = searchText([filter.createdBy])
  }
  if (ofSubject.length > 0) parts.push(`subject IN (SELECT id FROM backup_subjects WHERE ${ofSubject.join(' AND ')})`)
  parts.push(
    ...oneOf('kind', 'kinds', filter.kinds),
    ...oneOf('state', 'states', filter.states),
    ...oneOf('badge', 'badges', filter.badges),
    ...oneOf('started_by', 'triggers', filter.triggers),
  )
  if (filter.after !== null) {
    parts.push('started_at >= @after')
    parameters['after'] = filter.after
  }
  if (filter.before !== null) {
    parts.push('started_at < @before')
    parameters['before'] = filter.before
  }
  if (destinationId !== null) {
    parts.push(
      "EXISTS (SELECT 1 FROM copies WHERE backup_id = backup_list.id AND destination_id = @destinationId AND copies.state <> 'failed')",
    )
    parameters['destinationId'] = destinationId
  }
  if (filter.pinnedOnly) parts.push('pinned = 1')
  const text = searchText([filter.text.trim()])
  if (text !== '') {
    parameters['text'] = text
    // With the plus sign the rows are read in order from one index, instead of one by one by each of these.
    const found = [
      '+subject IN (SELECT id FROM backup_subjects WHERE instr(search, @text) > 0)',
      '+id IN (SELECT id FROM backup_texts WHERE instr(search, @text) > 0)',
    ]
    if (partOfId.test(text)) {
      parameters['id'] = text.toUpperCase()
      found.push('instr(id, @id) > 0')
    }
    parts.push(`(${found.join(' OR ')})`)
  }
  return { where: parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}`, parameters }
}
