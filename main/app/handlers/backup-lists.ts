import type {
  BackupEstimate,
  BackupFilter,
  BackupRow,
  Environment,
  Handlers,
  Timeline,
} from '../../../preload/contract/index.ts'
import { toSummary, type ListedBackup } from '../../catalog/catalog.ts'
import type { Core } from '../core.ts'
import { forecast } from '../forecast.ts'
import { registries } from '../registries.ts'

type ListHandlers = Pick<Handlers, 'backups.list' | 'backups.page' | 'backups.timeline' | 'backups.estimate'>

/** Backups as lists and time lines show them, and what the next one is likely to cost. */
export function backupListHandlers(core: Core): ListHandlers {
  const { catalog } = core
  const idOf = (reference: string | null) => (reference === null ? null : catalog.connections.resolve(reference).id)
  const resolved = ({ connection, destination, ...filter }: BackupFilter) => ({
    connectionId: idOf(connection),
    destinationId: destination === null ? null : catalog.destinations.resolve(destination).id,
    filter,
  })
  return {
    'backups.list': ({ connection, filter, limit }) => {
      const { rows } = catalog.backupLists.page({
        ...resolved({ ...filter, connection: connection ?? filter.connection }),
        sort: { by: 'startedAt', descending: true },
        offset: 0,
        limit: limit ?? Number.MAX_SAFE_INTEGER,
      })
      return Promise.resolve(rows.map(({ entry }) => toSummary(entry)))
    },

    'backups.page': ({ filter, ...request }) => {
      const { total, rows } = catalog.backupLists.page({ ...request, ...resolved(filter) })
      const environments = environmentsOf(core)
      return Promise.resolve({ total, rows: rows.map((row) => rowOf(row, environments)) })
    },

    'backups.timeline': ({ since, until, connection }) =>
      Promise.resolve(timelineOf(core, { since, until, connectionId: idOf(connection) })),

    'backups.estimate': ({ connection }) => Promise.resolve(estimateOf(core, connection)),
  }
}

type Environments = ReadonlyMap<string, Environment>

function environmentsOf({ catalog }: Core): Environments {
  return new Map(catalog.connections.list().map(({ id, environment }) => [id as string, environment]))
}

function rowOf({ entry, holds }: ListedBackup, environments: Environments): BackupRow {
  return {
    ...toSummary(entry),
    connectionId: entry.connectionId,
    environment: environments.get(entry.connectionId) ?? null,
    holds,
  }
}

function timelineOf(
  core: Core,
  range: { readonly since: string; readonly until: string; readonly connectionId: string | null },
): Timeline {
  const environments = environmentsOf(core)
  const lanes = core.catalog.backupLists.timeline(range).flatMap(({ connectionId, database, points }) => {
    const newest = points.at(-1)
    if (newest === undefined) return []
    return [
      {
        // The name that it has now, where backups from before a change of it carry the old one.
        connection: core.catalog.connections.find(connectionId)?.name ?? newest.connection,
        database,
        environment: environments.get(connectionId) ?? null,
        points: points.map(({ connection, ...point }) => point),
      },
    ]
  })
  return {
    since: range.since,
    until: range.until,
    lanes: lanes.toSorted((a, b) => a.connection.localeCompare(b.connection) || a.database.localeCompare(b.database)),
  }
}

function estimateOf({ catalog }: Core, reference: string): BackupEstimate {
  const row = catalog.connections.resolve(reference)
  const engine = registries.engine(row.engine)
  const history = catalog.backups.history(row.id, engine.defaultDatabase(engine.profileSchema.parse(row.profile)))
  const [newest] = history
  return {
    plaintextBytes: newest?.plaintextBytes ?? null,
    artifactBytes: newest?.artifactBytes ?? null,
    seconds: forecast(history)(0, 0),
  }
}
