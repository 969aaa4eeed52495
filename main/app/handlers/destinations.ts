import { ulid } from 'ulid'
import { AppError, DestinationId, type DestinationUsage, type Handlers } from '../../../preload/contract/index.ts'
import { destinationLock } from '../../catalog/catalog.ts'
import { Secret } from '../../secrets/secret.ts'
import type { Core } from '../core.ts'
import { makeProposedFolder } from '../browse.ts'
import { withPaths } from '../path-fields.ts'
import { registries } from '../registries.ts'
import { subjectOf } from '../job-subjects.ts'
import { startJob } from '../start-job.ts'

type DestinationHandlers = Pick<
  Handlers,
  | 'destinations.add'
  | 'destinations.list'
  | 'destinations.test'
  | 'destinations.usage'
  | 'destinations.rescan'
  | 'destinations.remove'
>

const testTimeoutMs = 60_000

/** Destinations: where backups are kept. */
export function destinationHandlers(core: Core): DestinationHandlers {
  const { catalog, audit } = core
  return {
    'destinations.add': async (draft) => {
      if (catalog.destinations.list().some((row) => row.name === draft.name)) {
        throw new AppError('ALREADY_EXISTS', `There is a destination "${draft.name}" already.`, {
          remedy: 'Choose another name.',
        })
      }
      const kind = registries.destination(draft.type)
      const settings = kind.parseSettings(withPaths(core.paths, kind.settingsPaths, draft.settings, null))
      await makeProposedFolder(core, Object.values(settings))
      await kind.open(settings, Secret.none()).test(AbortSignal.timeout(testTimeoutMs))
      const row = {
        id: DestinationId.parse(ulid()),
        name: draft.name,
        type: draft.type,
        settings,
        createdAt: new Date().toISOString(),
      }
      catalog.transaction(() => {
        catalog.destinations.add(row)
        audit.write({ action: 'destination.added', subject: row.name, outcome: 'done', detail: { type: row.type } })
      })
      return { id: row.id, name: row.name, type: row.type }
    },

    'destinations.list': () => Promise.resolve([...catalog.destinations.list()]),

    'destinations.test': async ({ destination }) => {
      const row = catalog.destinations.resolve(destination)
      const open = registries.destination(row.type).open(row.settings, Secret.none())
      const warnings = await open.test(AbortSignal.timeout(testTimeoutMs))
      return { freeBytes: await open.freeBytes(), warnings: [...warnings] }
    },

    'destinations.usage': () => Promise.resolve(usageOf(core)),

    'destinations.rescan': async ({ destination }) => {
      const row = catalog.destinations.resolve(destination)
      return startJob(core, {
        kind: 'rescan',
        title: `rescan of ${row.name}`,
        subject: subjectOf('destination', row),
        input: { destinationId: row.id },
        locks: [destinationLock(row.id)],
        connections: [],
        destinations: [row],
        readsEncrypted: true,
      })
    },

    'destinations.remove': ({ destination }) => {
      const row = catalog.destinations.resolve(destination)
      catalog.transaction(() => {
        catalog.destinations.remove(row.id)
        audit.write({ action: 'destination.removed', subject: row.name, outcome: 'done' })
      })
      return Promise.resolve({})
    },
  }
}

/** Registered destinations in the order of their names, also those where nothing lies yet. */
function usageOf({ catalog }: Core): DestinationUsage[] {
  const byId = new Map(catalog.backupLists.usage().map(({ destinationId, ...usage }) => [destinationId, usage]))
  return catalog.destinations.list().map(({ id, name }) => ({ destination: name, ...(byId.get(id) ?? nothingThere) }))
}

const nothingThere = { copies: 0, storedBytes: 0, badCopies: 0, oldestAt: null, newestAt: null }
