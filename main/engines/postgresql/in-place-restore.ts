import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../../preload/contract/index.ts'
import type { Access, ArtifactSource, InPlaceRequest, InPlaceTargets, JobContext, RestoreReport } from '../engine.ts'
import { readEntries } from './archive-entries.ts'
import { scriptArgs } from './args.ts'
import { resolveEndpoint, type Endpoint } from './endpoint.ts'
import { sqlStateOf } from './errors.ts'
import { prepareInPlace, type Preparation } from './in-place-preparation.ts'
import { endSessionsAfterFailure } from './job-sessions.ts'
import { unknownStatements } from './known-settings.ts'
import { findLive, liveChanged } from './live-database.ts'
import { lockTarget } from './locks.ts'
import { spoolForWorkers } from './parallel-restore.ts'
import { writePassFile } from './pass-file.ts'
import type { PostgresProfile } from './profile.ts'
import { dumpMajorOf } from './restore.ts'
import { runTransaction, type TransactionState } from './restore-transaction.ts'
import { applicationNameOf, openSession, type Session } from './session.ts'
import { choosePartnerPsql, chooseRestoreTool } from './tools.ts'

/** Restores into PostgreSQL databases that exist: all in one transaction, by whoever owns what is replaced. */
export const postgresInPlace: InPlaceTargets<PostgresProfile> = { restore: restoreInPlace }

async function restoreInPlace(
  access: Access<PostgresProfile>,
  request: InPlaceRequest,
  source: ArtifactSource,
  context: JobContext,
): Promise<RestoreReport> {
  const endpoint = resolveEndpoint(access)
  // Named otherwise than the tools' session, which is ended where something fails.
  const watch = await openWatch(endpoint, request, context.signal)
  const state: TransactionState = { transaction: null, isCommitSent: false }
  const cutOff = () => {
    if (!state.isCommitSent) void watch.end()
  }
  context.signal.addEventListener('abort', cutOff, { once: true })
  try {
    await findLive(watch, request.target)
    await lockTarget(watch, request.target.identity)
    return await restoreInto({ endpoint, request, source, context, watch, state })
  } catch (error) {
    await endSessionsAfterFailure(endpoint, context.jobId, (message) => context.log('warning', message))
    if (!state.isCommitSent) context.signal.throwIfAborted()
    throw error
  } finally {
    context.signal.removeEventListener('abort', cutOff)
    await watch.end()
  }
}

/** A database can't be renamed or dropped while this session is in it. */
async function openWatch(endpoint: Endpoint, { target }: InPlaceRequest, signal: AbortSignal): Promise<Session> {
  try {
    return await openSession(endpoint, { database: target.database, applicationName: 'holdfast', signal })
  } catch (error) {
    if (error instanceof AppError && error.code === 'DATABASE_MISSING') throw liveChanged(target, 'It does not exist.')
    throw error
  }
}

interface Run {
  readonly endpoint: Endpoint
  readonly request: InPlaceRequest
  readonly source: ArtifactSource
  readonly context: JobContext
  readonly watch: Session
  readonly state: TransactionState
}

async function restoreInto(run: Run): Promise<RestoreReport> {
  const { endpoint, request, source, context, watch, state } = run
  const { target, content } = request
  const { tool: restore, why } = await chooseRestoreTool(dumpMajorOf(source.manifest), watch.versionNumber)
  const { tool: psql } = await choosePartnerPsql(restore)
  context.log('info', why)
  const entries = await readEntries(source.open(context.signal))
  const prepared = await prepareInPlace(watch, entries, request, source.manifest)
  assertUnblocked(prepared, target.database)
  const listFile = join(context.runDirectory, 'restore.list')
  await writeFile(listFile, prepared.entries.map(({ dumpId }) => `${String(dumpId)};\n`).join(''), { mode: 0o600 })
  // A transaction has one session; what is written as a folder has to lie in one again.
  const archive = await spoolForWorkers(source, { jobs: 1 }, context)
  const restoreArgs = scriptArgs(content, listFile, archive)
  const passFile = await writePassFile(endpoint, context.runDirectory)
  const guard = watchLocks(endpoint, request, context)
  let said: readonly string[]
  try {
    context.assertOwner()
    const { before, after } = prepared
    const work = {
      endpoint,
      ...target,
      restore,
      restoreArgs,
      without: unknownStatements(restore.major, watch.versionNumber),
      psql,
      source,
      archive,
      before,
      after,
      passFile: passFile?.path ?? null,
    }
    said = await runTransaction(work, watch, context, state)
  } finally {
    await guard.stop()
    await passFile?.remove()
    await archive?.remove()
  }
  const late = await analyze(watch, prepared.tables, context)
  return {
    tools: [restore, psql].map(({ name, version }) => ({ name, version })),
    argv: [[restore.path, ...restoreArgs]],
    warnings: [...said.map((message) => ({ code: 'PG_RESTORE_WARNING', message })), ...late],
    leftOut: prepared.leftOut,
  }
}

/** What has come into the way since the plan. One finding is thrown as itself, so that its code is seen. */
function assertUnblocked({ blockers }: Preparation, database: string): void {
  const [first] = blockers
  if (first === undefined) return
  const busy = blockers.find(({ code }) => code === 'DATABASE_BUSY')
  throw new AppError(busy === undefined ? 'PLAN_BLOCKED' : 'DATABASE_BUSY', (busy ?? first).message, {
    detail: blockers.map(({ code, message }) => `${code}: ${message}`).join('\n'),
    remedy: (busy ?? first).remedy === '' ? `Plan the restore into "${database}" anew.` : (busy ?? first).remedy,
    retryable: busy !== undefined,
  })
}

const watchEveryMs = 250

/** Says that the job moves while the server works for it; with leave, ends those for whose locks it waits. */
function watchLocks(
  endpoint: Endpoint,
  { target, disconnectOthers }: InPlaceRequest,
  context: JobContext,
): { readonly stop: () => Promise<void> } {
  const ending = new AbortController()
  const signal = AbortSignal.any([context.signal, ending.signal])
  const query = disconnectOthers
    ? `SELECT pg_terminate_backend(b.pid) AS ended FROM pg_stat_activity a, unnest(pg_blocking_pids(a.pid)) AS b (pid)
        WHERE a.application_name = $1 AND a.datname = current_database() AND b.pid <> 0`
    : 'SELECT NULL::bool AS ended WHERE $1 IS NULL'
  const work = async () => {
    const session = await openSession(endpoint, { database: target.database, applicationName: 'holdfast', signal })
    const cutOff = () => void session.end()
    signal.addEventListener('abort', cutOff, { once: true })
    try {
      while (!signal.aborted) {
        const name = applicationNameOf(context.jobId)
        const ended = await session.query<{ ended: boolean | null }>(query, [name])
        if (ended.length > 0) context.log('info', `Ended ${String(ended.length)} sessions that held locks in the way.`)
        const active = await session.query(
          `SELECT FROM pg_stat_activity WHERE application_name = $1 AND state = 'active' AND wait_event_type IS DISTINCT FROM 'Lock'`,
          [name],
        )
        if (active.length > 0) context.moved()
        await sleep(watchEveryMs, undefined, { signal })
      }
    } finally {
      await session.end()
    }
  }
  const watching = work().catch((error: unknown) => {
    if (signal.aborted) return
    context.log(
      'warning',
      `The server was not asked for locks: ${error instanceof Error ? error.message : String(error)}`,
    )
  })
  return {
    stop: async () => {
      ending.abort(new AppError('CANCELLED', 'The watch over locks has ended.'))
      await watching
    },
  }
}

/** Planner statistics aren't in a dump. What was restored stays restored where this fails. */
async function analyze(
  watch: Session,
  tables: readonly string[],
  context: JobContext,
): Promise<RestoreReport['warnings']> {
  context.report({ stage: 'restore', item: 'ANALYZE' })
  try {
    for (const table of tables) {
      // Cancelled too late: all is written, and the server's own ANALYZE comes some time.
      if (context.signal.aborted) break
      await watch.query(`ANALYZE ${table}`)
      context.moved()
    }
    return []
  } catch (error) {
    const why = error instanceof AppError ? error.message : String(error)
    const state = sqlStateOf(error)
    const message = `Planner statistics were not made: ${why} Run ANALYZE in the database${state === null ? '' : ` (${state})`}.`
    return [{ code: 'NOT_ANALYZED', message }]
  }
}
