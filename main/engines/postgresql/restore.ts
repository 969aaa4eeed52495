import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../preload/contract/index.ts'
import { captureTool } from '../../tools/capture-tool.ts'
import { runTool } from '../../tools/run-tool.ts'
import type { Access, ArtifactSource, JobContext, Manifest, RestoreReport, RestoreRequest } from '../engine.ts'
import { listArgs, restoreArgs, restoreScriptArgs, toolSettings } from './args.ts'
import { needsSuperuser, prepareDrill, type Drill } from './drill.ts'
import { resolveEndpoint, type Endpoint } from './endpoint.ts'
import { explainToolFailure } from './errors.ts'
import { endSessionsAfterFailure, openMaintenance } from './job-sessions.ts'
import { unknownStatements, type HeadStatement } from './known-settings.ts'
import { inputOf, type Run } from './restore-run.ts'
import type { ArchiveEntry } from './archive-entries.ts'
import { chooseParts } from './parts-restore.ts'
import { restoreThroughScript } from './restore-script.ts'
import { assertSharable, spoolForWorkers } from './parallel-restore.ts'
import { openTarget } from './target-checks.ts'
import { writePassFile } from './pass-file.ts'
import { parseProgress, parseWarning } from './progress.ts'
import type { PostgresProfile } from './profile.ts'
import { applicationNameOf, failureContext, type Session } from './session.ts'
import { choosePartnerPsql, chooseRestoreTool, majorOf } from './tools.ts'
import { leftOutAlways, selectForDrill, type ListSelection } from './toc-list.ts'

const warningLimit = 50
/** How often the server is asked whether it still works on something that moves no byte, such as an index. */
const heartbeatMs = 5_000

/** See `Engine.restore`. Not in one transaction: that has a ceiling at the server's number of locks. */
export async function restorePostgres(
  access: Access<PostgresProfile>,
  request: RestoreRequest,
  source: ArtifactSource,
  context: JobContext,
): Promise<RestoreReport> {
  const parts = await chooseParts(request, source, context.signal)
  const endpoint = resolveEndpoint(access)
  const { target, isDrill } = request
  const check = await openTarget(endpoint, target, {
    applicationName: applicationNameOf(context.jobId),
    signal: context.signal,
  })
  const drill = await withEnd(check, async () => (isDrill ? prepareDrill(check, target, source, context) : null))
  const { tool, why } = await chooseRestoreTool(dumpMajorOf(source.manifest), check.versionNumber)
  context.log('info', why)
  const without = unknownStatements(tool.major, check.versionNumber)
  assertSharable(request, without)
  const archive = await spoolForWorkers(source, request, context)
  const run: Run = { endpoint, tool, source, archive, context, failure: failureContext(endpoint, target.database) }
  try {
    return await restoreRun(run, access, { ...request, parts }, drill, without)
  } finally {
    await archive?.remove()
  }
}

async function restoreRun(
  run: Run,
  access: Access<PostgresProfile>,
  { target, isDrill, parts, ...request }: RestoreRequest & { readonly parts: readonly ArchiveEntry[] | null },
  drill: Drill | null,
  without: readonly HeadStatement[],
): Promise<RestoreReport> {
  const { endpoint, tool, source, archive, context } = run
  const list = await readList(run)
  const selection: ListSelection | null =
    drill !== null ? selectForDrill(list, drill.made) : parts === null ? null : listOf(parts, list)
  const listFile = selection === null ? null : join(context.runDirectory, 'restore.list')
  if (selection !== null && listFile !== null)
    await writeFile(listFile, `${selection.lines.join('\n')}\n`, { mode: 0o600 })
  const login = drill?.endpoint ?? endpoint
  const content = request.content === source.manifest.content ? 'full' : request.content
  const choices = { isDrill, listFile, archive, content }
  const args = without.length === 0 ? restoreArgs(login, target.database, choices) : restoreScriptArgs(choices)
  const passFile = await writePassFile(login, context.runDirectory)
  try {
    const said = await runRestore(run, { login, database: target.database, args, without }, passFile?.path ?? null)
    await drill?.settle()
    // Planner statistics aren't in a dump. A scratch database is read once and dropped.
    if (!isDrill) await analyze(run, { ...request, target, isDrill })
    return {
      tools: [{ name: tool.name, version: tool.version }],
      argv: [[tool.path, ...args]],
      warnings: said.map((message) => ({ code: 'PG_RESTORE_WARNING', message })),
      leftOut: selection?.leftOut ?? leftOutAlways(list),
      ...(login === endpoint
        ? {}
        : { restorer: { ...access, profile: { ...access.profile, user: login.user }, secret: login.password } }),
    }
  } catch (error) {
    await endSessionsAfterFailure(endpoint, context.jobId, (message) => context.log('warning', message))
    context.signal.throwIfAborted()
    if (login !== endpoint && error instanceof AppError && error.code === 'PERMISSION_DENIED')
      throw needsSuperuser(error)
    throw error
  } finally {
    await passFile?.remove()
  }
}

/** Entries that were chosen. Subscriptions stay out of every database beside the original. */
function listOf(parts: readonly ArchiveEntry[], list: string): ListSelection {
  return { lines: parts.map(({ dumpId }) => `${String(dumpId)};`), leftOut: leftOutAlways(list) }
}

async function withEnd<T>(session: Session, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } finally {
    await session.end()
  }
}

/** The major version of the `pg_dump` that wrote this backup; of the server where the manifest doesn't say. Pure. */
export function dumpMajorOf(manifest: Pick<Manifest, 'tools' | 'server'>): number {
  const written = manifest.tools.find(({ name }) => name === 'pg_dump')
  const major = written === undefined ? Number.NaN : Number.parseInt(written.version, 10)
  return Number.isInteger(major) ? major : majorOf(manifest.server.versionNumber)
}

/** The table of contents, as `pg_restore` prints it after it has read the head of the backup. */
async function readList(run: Run): Promise<string> {
  const { stdout } = await captureTool(
    {
      path: run.tool.path,
      args: listArgs(run.archive),
      jobId: run.context.jobId,
      signal: run.context.signal,
      redact: (text) => run.context.redact(text),
      ...inputOf(run),
      isHeadEnough: true,
      explain: (exit) => explainToolFailure({ tool: run.tool.name, ...exit, otherwise: 'RESTORE_FAILED' }, run.failure),
    },
    listLimitBytes,
  )
  return stdout
}

/** About a million entries. */
const listLimitBytes = 256 * 1024 * 1024

interface Restoring {
  readonly login: Endpoint
  readonly database: string
  readonly args: readonly string[]
  /** What the server doesn't know of what `pg_restore` sets; with any of it `psql` runs the rest. */
  readonly without: readonly HeadStatement[]
}

async function runRestore(run: Run, how: Restoring, passFile: string | null): Promise<readonly string[]> {
  const { endpoint, tool, source, archive, context } = run
  const said: string[] = []
  const onWarning = (warning: string) => {
    if (said.length < warningLimit) said.push(warning)
  }
  const state = { item: null as string | null, bytes: 0 }
  const totalBytes = source.manifest.plaintextBytes
  // How much of a file its readers have read, nobody says.
  const report = () =>
    context.report({ stage: 'restore', ...(archive === null ? { ...state, totalBytes } : { item: state.item }) })
  const heartbeat = startHeartbeat(run)
  try {
    if (how.without.length > 0) {
      const { tool: psql } = await choosePartnerPsql(tool)
      await restoreThroughScript(run, { ...how, psql, passFile, onWarning })
      return said
    }
    await runTool({
      path: tool.path,
      args: how.args,
      env: toolSettings(endpoint, applicationNameOf(context.jobId), passFile),
      jobId: context.jobId,
      signal: context.signal,
      redact: (text) => context.redact(text),
      ...inputOf(run),
      onStdinBytes: (totalBytes) => {
        state.bytes = totalBytes
        report()
      },
      onStderrLine: (line) => {
        const item = parseProgress(line)
        if (item !== null) {
          state.item = item
          report()
        }
        const warning = parseWarning(line)
        if (warning !== null) onWarning(warning)
      },
      explain: (exit) => explainToolFailure({ tool: tool.name, ...exit, otherwise: 'RESTORE_FAILED' }, run.failure),
    })
    return said
  } finally {
    await heartbeat.stop()
  }
}

/** Says that the job moves while the server works for it, so that a long index doesn't look like a standstill. */
export function startHeartbeat(run: Run): { readonly stop: () => Promise<void> } {
  const { endpoint, context } = run
  let session: Session | null = null
  let asking: Promise<void> = Promise.resolve()
  const ask = async () => {
    session ??= await openMaintenance(endpoint, run.failure.database, {
      applicationName: 'holdfast',
      signal: context.signal,
    })
    const active = `SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND state = 'active'`
    if ((await session.query(active, [applicationNameOf(context.jobId)])).length > 0) context.moved()
  }
  const timer = setInterval(() => {
    asking = ask().catch((error: unknown) => {
      context.log(
        'debug',
        `The server was not asked for its activity: ${error instanceof Error ? error.message : String(error)}`,
      )
      session = null
    })
  }, heartbeatMs)
  return {
    stop: async () => {
      clearInterval(timer)
      if (context.signal.aborted) void session?.end()
      await asking
      await session?.end()
    },
  }
}

/** Planner statistics aren't in a dump. */
export async function analyze(run: Run, request: RestoreRequest): Promise<void> {
  const { endpoint, context } = run
  context.report({ stage: 'restore', item: 'ANALYZE' })
  const options = { applicationName: applicationNameOf(context.jobId), signal: context.signal }
  const session = await openTarget(endpoint, request.target, options)
  const cutOff = () => void session.end()
  context.signal.addEventListener('abort', cutOff, { once: true })
  const heartbeat = startHeartbeat(run)
  try {
    await session.query('ANALYZE')
  } finally {
    context.signal.removeEventListener('abort', cutOff)
    await heartbeat.stop()
    await session.end()
  }
}
