import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { events, methods, toAppError, type Handlers } from '../../preload/contract/index.ts'
import { Audit } from '../audit/audit.ts'
import { Catalog, destinationLock } from '../catalog/catalog.ts'
import type { AppLog } from '../jobs/app-log.ts'
import { pruneJobs } from '../jobs/prune.ts'
import { recoverLocal } from '../jobs/recovery.ts'
import { JobRunner } from '../jobs/runner.ts'
import { openSecretStore } from '../secrets/choose.ts'
import { loadInstallation } from '../secrets/installation-file.ts'
import { createRedactor } from '../secrets/redact.ts'
import { useToolFolders } from '../tools/find-tools.ts'
import type { Core } from './core.ts'
import { CatalogWatch } from './catalog-watch.ts'
import { EventBus } from './event-bus.ts'
import { auditHandlers } from './handlers/audit.ts'
import { backupListHandlers } from './handlers/backup-lists.ts'
import { backupHandlers } from './handlers/backups.ts'
import { connectionHandlers } from './handlers/connections.ts'
import { destinationHandlers } from './handlers/destinations.ts'
import { diagnosticsHandlers } from './handlers/diagnostics.ts'
import { doctorHandlers } from './handlers/doctor.ts'
import { engineHandlers } from './handlers/engines.ts'
import { fileHandlers } from './handlers/files.ts'
import { jobHandlers } from './handlers/jobs.ts'
import { keyHandlers } from './handlers/keys.ts'
import { pathHandlers } from './handlers/paths.ts'
import { removalHandlers } from './handlers/removal.ts'
import { restoreHandlers } from './handlers/restores.ts'
import { statusHandlers } from './handlers/status.ts'
import { toolHandlers } from './handlers/tools.ts'
import { windowHandlers } from './handlers/window.ts'
import type { Answer, Application, Host } from './host.ts'
import { noteJobs, openJournal } from './journal.ts'
import { PathDesk } from './paths.ts'
import { PromptDesk } from './prompt-desk.ts'
import { processProbe } from './process-probe.ts'
import { interruptedText } from './interrupted-job.ts'
import { subjectOf } from './job-subjects.ts'
import { createRouter } from './router.ts'
import { SecretResolver } from './secret-resolver.ts'
import { cleanUp, cleanUpAfter, settleRestores, startJob } from './start-job.ts'
import { appVersion } from './version.ts'

/** Where the application keeps its data, and the host that it runs in. */
export interface ApplicationOptions {
  /** HOLDFAST_HOME. */
  readonly home: string
  readonly host: Host
  /** Home folder of the person who runs this; by default what the system says. */
  readonly userHome?: string
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
    return await open(home, options.userHome ?? homedir(), host, catalog)
  } catch (error) {
    catalog.close()
    throw error
  }
}

async function open(home: string, userHome: string, silent: Host, catalog: Catalog): Promise<Application> {
  useToolFolders(catalog.meta.toolFolders)
  const redactor = createRedactor()
  const { log, host } = openJournal(home, silent, (text) => redactor.redact(text))
  const hasWindow = host.kind !== 'cli'
  const audit = new Audit({ catalog, redact: (text) => redactor.redact(text) })
  const bus = new EventBus()
  const prompts = new PromptDesk((open) => void bus.emit('prompts.changed', { prompts: open }))
  const choice = openSecretStore({
    home,
    env: process.env,
    askPassphrase: async (prompt) => (hasWindow ? prompts.ask(prompt) : ((await host.askPassphrase?.(prompt)) ?? null)),
  })
  const runner: JobRunner = new JobRunner({
    catalog,
    home,
    forkJob: (jobId, folder) => host.forkJob(jobId, folder),
    probe: processProbe,
    redactor,
    cleanUp: (jobId) => cleanUpAfter(core, jobId),
  })
  noteJobs(log, runner)
  const core: Core = {
    home,
    userHome,
    host,
    catalog,
    audit,
    runner,
    secrets: new SecretResolver(home, catalog, choice, redactor),
    paths: new PathDesk(host.kind),
    prompts,
    redactor,
  }
  runner.on('updated', (job) => void bus.emit('job.updated', job))
  runner.on('log', ({ jobId, line }) => void bus.emit('job.log', { jobId: jobIdOf(jobId), line }))
  runner.on('event', ({ event, payload }) =>
    event === 'rows.batch' ? bus.emit('rows.batch', events['rows.batch'].parse(payload)) : undefined,
  )

  await recoverJobs(core)
  const route = createRouter(handlersOf(core), (method, error) => reportBug(core, log, method, error))
  const settled = settle(core)
  // A window has to be there first: a passphrase may be asked for.
  if (!hasWindow) await settled
  const watch = hasWindow ? new CatalogWatch(core, bus) : null
  return {
    invoke: async (method, input) => (await route(method, input)) as Answer<never>,
    subscribe: (event, listener) => bus.on(event, listener),
    close: async ({ cancelJobs = false } = {}) => {
      watch?.close()
      prompts.close()
      await runner.close({ cancelJobs })
      await settled
      tidyUp(catalog, home, log)
      catalog.close()
    },
  }
}

function handlersOf(core: Core): Handlers {
  return {
    ...connectionHandlers(core),
    ...destinationHandlers(core),
    ...backupHandlers(core),
    ...engineHandlers(),
    ...fileHandlers(core),
    ...backupListHandlers(core),
    ...removalHandlers(core),
    ...pathHandlers(core),
    ...windowHandlers(core),
    ...restoreHandlers(core),
    ...jobHandlers(core),
    ...auditHandlers(core),
    ...keyHandlers(core),
    ...statusHandlers(core),
    ...doctorHandlers(core),
    ...toolHandlers(core),
    ...diagnosticsHandlers(core),
  }
}

/** Whoever opens the catalog first does the local part of recovery, and says so. */
async function recoverJobs(core: Core): Promise<void> {
  for (const { job } of await recoverLocal({ catalog: core.catalog, probe: processProbe, home: core.home })) {
    core.host.notice(interruptedText(core.catalog, core.catalog.jobs.get(job.id)))
    core.audit.write({
      action: 'job.recovered',
      subject: job.id,
      outcome: 'done',
      detail: { title: job.title, kind: job.kind },
    })
  }
}

/** What recovery needs servers and destinations for. Where it fails in a window, it is told, and tried again at the next job. */
async function settle(core: Core): Promise<void> {
  try {
    await settleRestores(core)
    await rescanAfterRebuild(core)
    if (core.host.kind !== 'cli') await cleanUp(core)
  } catch (error) {
    if (core.host.kind === 'cli') throw error
    core.host.notice(core.redactor.redact(toAppError(error).message))
  }
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
        subject: subjectOf('destination', row),
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

/** What nobody waits for: a catalog that can't do it now does it another time. */
function tidyUp(catalog: Catalog, home: string, log: AppLog): void {
  try {
    const removed = pruneJobs(catalog, home)
    if (removed > 0) log.write({ level: 'info', component: 'jobs', message: `${removed} old jobs were removed.` })
  } catch (error) {
    log.write({ level: 'warning', component: 'jobs', message: `Old jobs stay: ${toAppError(error).message}` })
  }
}

function reportBug(core: Core, log: AppLog, method: string, error: unknown): void {
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error)
  log.write({ level: 'error', component: 'router', message: `${method}: ${said}` })
  if (process.env['HOLDFAST_LOG_LEVEL'] === 'debug') core.host.notice(core.redactor.redact(`${method}: ${said}`))
}

function jobIdOf(id: string) {
  return methods['jobs.wait'].input.shape.jobId.parse(id)
}
