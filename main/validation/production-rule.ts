import { AppError, localClusterName, toAppError } from '../../preload/contract/index.ts'
import type { JobContext } from '../engines/engine.ts'
import type { OpenBackup } from '../workbench/open-backup.ts'
import { openConnection, type OpenConnection, type Workbench } from '../workbench/workbench.ts'
import { drillPlan } from './drill-plan.ts'

/** A server as far as it can be told apart from another one. */
export interface ServerIdentity {
  /** The server's own number; null where it has none, or doesn't tell. */
  readonly systemIdentifier: string | null
  /** Host and port, for people. */
  readonly place: string
}

/**
 * A restore test never endangers a production server: `PLAN_BLOCKED` where `on` is marked production, or is the very server of
 * the backup's own production connection under another name, unless there is written consent, which goes to the audit log.
 */
export async function assertHarmless(
  bench: Workbench,
  open: OpenBackup,
  on: OpenConnection,
  request: { readonly consent: string | null; readonly systemIdentifier: string | null },
  context: JobContext,
): Promise<void> {
  if (on.engine.capabilities.databaseIsPath) return
  const reason = await dangerOf(bench, open, on, request.systemIdentifier, context)
  if (reason === null) return
  const { consent } = request
  const backup = open.manifest.id
  bench.audit.write({
    action: consent === null ? 'drill.refused' : 'drill.consented',
    subject: backup,
    outcome: consent === null ? 'refused' : 'done',
    detail: { scratch: on.row.name, danger: reason, ...(consent === null ? {} : { reason: consent }) },
  })
  if (consent === null) throw refused(reason)
  context.log('warning', `${reason} The restore test runs there with written consent.`)
}

/** The error for a restore test that would run on a production server. */
export function refused(reason: string): AppError {
  return new AppError(
    'PLAN_BLOCKED',
    `${reason} No restore test runs there without written consent. Nothing was touched.`,
    {
      remedy: [
        'Choose one:',
        '--scratch <connection>: a connection to another server;',
        `--scratch ${localClusterName}: a temporary server that Holdfast starts on this machine;`,
        '--scratch <connection> --consent "<reason>": this server all the same. The reason goes to the audit log.',
      ].join('\n'),
    },
  )
}

/** Why that server must be left alone, in a sentence; null where nothing speaks against it. Pure. */
export function productionReason(name: string): string {
  return `"${name}" is marked production.`
}

/** Whether two descriptions mean one server; null where that can't be told. Pure. */
export function isSameServer(a: ServerIdentity, b: ServerIdentity): boolean | null {
  if (a.systemIdentifier !== null && b.systemIdentifier !== null) return a.systemIdentifier === b.systemIdentifier
  return a.place === b.place ? true : null
}

async function dangerOf(
  bench: Workbench,
  open: OpenBackup,
  on: OpenConnection,
  systemIdentifier: string | null,
  context: JobContext,
): Promise<string | null> {
  if (on.row.environment === 'production') return productionReason(on.row.name)
  const { connection } = open.manifest
  const own = bench.catalog.connections.find(connection.id)
  const isProduction = (own?.environment ?? connection.environment) === 'production'
  if (!isProduction || own?.id === on.row.id) return null

  const scratch = { systemIdentifier, place: on.engine.describe(on.access.profile) }
  const known: ServerIdentity[] = []
  const recorded = open.contents?.facts.systemIdentifier ?? null
  if (recorded !== null) known.push({ systemIdentifier: recorded, place: '' })
  // The server may have been upgraded, or moved, since the backup was taken.
  if (own !== null && own.engine === on.row.engine)
    known.push(await liveIdentity(openConnection(bench, own), open, context))
  const answers = known.map((each) => isSameServer(scratch, each))
  const name = own?.name ?? connection.name
  if (answers.includes(true)) return `"${on.row.name}" leads to the server of "${name}", which is marked production.`
  if (answers.includes(false)) return null
  return `It cannot be told whether "${on.row.name}" leads to the server of "${name}", which is marked production.`
}

/** A server that is away can't be the one that was just asked, unless it is the same place. */
async function liveIdentity(own: OpenConnection, open: OpenBackup, context: JobContext): Promise<ServerIdentity> {
  const place = own.engine.describe(own.access.profile)
  try {
    const plan = await drillPlan(own, open, context)
    return { systemIdentifier: plan.target.systemIdentifier, place }
  } catch (error) {
    context.signal.throwIfAborted()
    context.log(
      'warning',
      `The server of "${own.row.name}" was not asked which one it is: ${toAppError(error).message}`,
    )
    return { systemIdentifier: null, place }
  }
}
