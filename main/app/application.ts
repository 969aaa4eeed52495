import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  events,
  methods,
  toAppError,
  type EventName,
  type EventPayload,
  type Handlers,
} from '../../preload/contract/index.ts'
import { Audit } from '../audit/audit.ts'
import { Catalog, destinationLock } from '../catalog/catalog.ts'
import { recoverLocal } from '../jobs/recovery.ts'
import { JobRunner } from '../jobs/runner.ts'
import { openSecretStore } from '../secrets/choose.ts'
import { loadInstallation } from '../secrets/installation-file.ts'
import { createRedactor } from '../secrets/redact.ts'
import type { Core } from './core.ts'
import { auditHandlers } from './handlers/audit.ts'
import { backupHandlers } from './handlers/backups.ts'
import { connectionHandlers } from './handlers/connections.ts'
import { destinationHandlers } from './handlers/destinations.ts'
import { doctorHandlers } from './handlers/doctor.ts'
import { fileHandlers } from './handlers/files.ts'
import { jobHandlers } from './handlers/jobs.ts'
import { keyHandlers } from './handlers/keys.ts'
import { restoreHandlers } from './handlers/restores.ts'
import { statusHandlers } from './handlers/status.ts'
import type { Answer, Application, Host } from './host.ts'
import { processProbe } from './process-probe.ts'
import { interruptedText } from './interrupted-job.ts'
import { createRouter } from './router.ts'
import { SecretResolver } from './secret-resolver.ts'
import { cleanUpAfter, settleRestores, startJob } from './start-job.ts'
import { appVersion } from './version.ts'

/** Where the application keeps its data, and the host that it runs in. */
export interface ApplicationOptions {
  /** HOLDFAST_HOME. */
  readonly home: string
  readonly host: Host
}

/**
 * Opens the application: catalog, recovery of what died, handlers. The same for all hosts; several may run at once on one home.
 * Throws `CATALOG_TOO_NEW` and the like as `AppError`s.
 */
export async function openApplication(options: ApplicationOptions): Promise<Application> {
  const home = resolve(options.home)
  const { host } = options
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const catalog = Catalog.open({ home, appVersion })
  try {
    const { id } = await loadInstallation(home)
    if (catalog.installation !== id) catalog.meta.setInstallation(id)
    return await open(home, host, catalog)
  } catch (error) {
    catalog.close()
    throw error
  }
}

async function open(home: string, host: Host, catalog: Catalog): Promise<Application> {
  const redactor = createRedactor()
  const audit = new Audit({ catalog, redact: (text) => redactor.redact(text) })
  const choice = openSecretStore({ home, env: process.env, askPassphrase: (prompt) => host.askPassphrase(prompt) })
  const bus = new EventBus()
  const runner: JobRunner = new JobRunner({
    catalog,
    home,
    forkJob: (jobId, folder) => host.forkJob(jobId, folder),
    probe: processProbe,
    redactor,
    cleanUp: (jobId) => cleanUpAfter(core, jobId),
  })
  const core: Core = {
    home,
    host,
    catalog,
    audit,
    runner,
    secrets: new SecretResolver(home, catalog, choice, redactor),
    redactor,
  }
  runner.on('updated', (job) => void bus.emit('job.updated', job))
  runner.on('log', ({ jobId, line }) => void bus.emit('job.log', { jobId: jobIdOf(jobId), line }))
  runner.on('event', ({ event, payload }) =>
    event === 'rows.batch' ? bus.emit('rows.batch', events['rows.batch'].parse(payload)) : undefined,
  )

  await recover(core)
  const route = createRouter(handlersOf(core), (method, error) => reportBug(core, method, error))
  await rescanAfterRebuild(core)
  return {
    invoke: async (method, input) => (await route(method, input)) as Answer<never>,
    subscribe: (event, listener) => bus.on(event, listener),
    close: async ({ cancelJobs = false } = {}) => {
      await runner.close({ cancelJobs })
      catalog.close()
    },
  }
}

function handlersOf(core: Core): Handlers {
  return {
    ...connectionHandlers(core),
    ...destinationHandlers(core),
    ...backupHandlers(core),
    ...fileHandlers(),
    ...restoreHandlers(core),
    ...jobHandlers(core),
    ...auditHandlers(core),
    ...keyHandlers(core),
    ...statusHandlers(core),
    ...doctorHandlers(core),
  }
}

/** Whoever opens the catalog first does the local part of recovery, and says so. */
async function recover(core: Core): Promise<void> {
  for (const { job } of await recoverLocal({ catalog: core.catalog, probe: processProbe, home: core.home })) {
    core.host.notice(interruptedText(core.catalog, core.catalog.jobs.get(job.id)))
    core.audit.write({
      action: 'job.recovered',
      subject: job.id,
      outcome: 'done',
      detail: { title: job.title, kind: job.kind },
    })
  }
  await settleRestores(core)
}

/** After the catalog was damaged, all that lies at the destinations is listed again. */
async function rescanAfterRebuild(core: Core): Promise<void> {
  const { catalog, host } = core
  if (!catalog.wasRebuilt) return
  host.notice(`${catalog.rebuildReason ?? ''} All destinations are read again.`)
  let isComplete = true
  for (const row of catalog.destinations.list()) {
    try {
      const { jobId } = await startJob(core, {
        kind: 'rescan',
        title: `rescan of ${row.name}`,
        input: { destinationId: row.id },
        locks: [destinationLock(row.id)],
        connections: [],
        destinations: [row],
        readsEncrypted: true,
      })
      const { status } = await core.runner.wait(jobId)
      if (status.state === 'succeeded') continue
      isComplete = false
      host.notice(`${row.name} could not be read: ${status.state === 'failed' ? status.error.message : status.state}`)
    } catch (error) {
      isComplete = false
      host.notice(`${row.name} could not be read: ${toAppError(error).message}`)
    }
  }
  if (isComplete) catalog.rebuildDone()
}

function reportBug(core: Core, method: string, error: unknown): void {
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error)
  if (process.env['HOLDFAST_LOG_LEVEL'] === 'debug') core.host.notice(core.redactor.redact(`${method}: ${said}`))
}

function jobIdOf(id: string) {
  return methods['jobs.wait'].input.shape.jobId.parse(id)
}

/** Listeners by event. A listener may answer a promise: whoever emits can wait for it. */
class EventBus {
  readonly #listeners = new Map<EventName, Set<(payload: never) => void | Promise<void>>>()

  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void | Promise<void>): () => void {
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners)
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }

  async emit<E extends EventName>(event: E, payload: EventPayload<E>): Promise<void> {
    const listeners = (this.#listeners.get(event) ?? new Set()) as Set<(value: EventPayload<E>) => void | Promise<void>>
    await Promise.all([...listeners].map(async (listener) => listener(payload)))
  }
}
