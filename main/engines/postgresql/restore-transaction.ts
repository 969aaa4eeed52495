import { PassThrough, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../../preload/contract/index.ts'
import type { FoundTool } from '../../tools/find-tools.ts'
import { runTool } from '../../tools/run-tool.ts'
import type { ArtifactSource, JobContext } from '../engine.ts'
import { scriptRunArgs, toolSettings } from './args.ts'
import type { Endpoint } from './endpoint.ts'
import { explainToolFailure } from './errors.ts'
import { endSessionsOf } from './job-sessions.ts'
import { withoutStatements, type HeadStatement } from './known-settings.ts'
import { lockTimeoutMs } from './locks.ts'
import type { ArchiveOnDisk } from './parallel-restore.ts'
import { parseProgress, parseWarning } from './progress.ts'
import { quoteLiteral } from './quoting.ts'
import { inputOf } from './restore-run.ts'
import { guardScript } from './script-guard.ts'
import { applicationNameOf, failureContext, type Session } from './session.ts'

/** One transaction: our statements, what `pg_restore` writes, our statements. */
export interface RestoreTransaction {
  readonly endpoint: Endpoint
  readonly database: string
  /** oid of the database. */
  readonly identity: string
  readonly restore: FoundTool
  readonly restoreArgs: readonly string[]
  /** What the server doesn't know of what `pg_restore` sets. */
  readonly without: readonly HeadStatement[]
  readonly psql: FoundTool
  readonly source: ArtifactSource
  /** Where `pg_restore` reads the backup; null: it is read as it flows by. */
  readonly archive: ArchiveOnDisk | null
  readonly before: readonly string[]
  readonly after: readonly string[]
  readonly passFile: string | null
}

const warningLimit = 50
const settleMs = 5_000

/**
 * Runs it. COMMIT is sent only after the backup was read to its last byte, its digest was right, and `pg_restore` ended well; the end of
 * the script alone commits nothing. Where it throws, the transaction was rolled back, or the error says that this isn't known.
 * Answers the tools' warnings. A cancelled job stops it until COMMIT is sent. `watch`: a session of ours in the database, by which the outcome of a lost COMMIT is told.
 */
export async function runTransaction(
  work: RestoreTransaction,
  watch: Session,
  context: JobContext,
  state: TransactionState,
): Promise<readonly string[]> {
  const said: string[] = []
  const partner = new AbortController()
  // What is being committed is not cut off any more: nobody would know how it ended.
  const onAbort = () => {
    if (!state.isCommitSent) partner.abort(context.signal.reason)
  }
  context.signal.addEventListener('abort', onAbort, { once: true })
  if (context.signal.aborted) onAbort()
  const both = partner.signal
  const script = new PassThrough({ highWaterMark: 1024 * 1024 })
  const writing = writeScript(work, script, { ...context, signal: both }, said)
  // It is awaited in the script's end; where psql fails first nobody else would.
  writing.catch(() => undefined)
  try {
    await runScript(work, statements(work, script, writing, context, state), context, both, state, said)
  } catch (error) {
    partner.abort(error)
    await writing.catch(() => undefined)
    const isCommitted = await settle(watch, context.jobId, state)
    if (!isCommitted) {
      context.signal.throwIfAborted()
      throw error
    }
  } finally {
    context.signal.removeEventListener('abort', onAbort)
  }
  return said
}

/** How far it is. */
export interface TransactionState {
  /** The server's number of it, once that is known. */
  transaction: string | null
  isCommitSent: boolean
}

async function* statements(
  { before, after, identity, database, without }: RestoreTransaction,
  script: PassThrough,
  writing: Promise<unknown>,
  context: JobContext,
  state: TransactionState,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(
    [
      // Objects have the names that the server gave us, in this encoding.
      `SET client_encoding = 'UTF8';`,
      'SET standard_conforming_strings = on;',
      'SET statement_timeout = 0;',
      'BEGIN;',
      `SELECT pg_catalog.set_config('search_path', '', false);`,
      `DO ${quoteLiteral(sameDatabase(database, identity))};`,
      `SELECT 'transaction ' || pg_catalog.txid_current();`,
      `SET lock_timeout = ${String(lockTimeoutMs)};`,
      ...before,
      '',
    ].join('\n'),
  )
  yield* guardScript(withoutStatements(script, without))
  await writing
  yield Buffer.from(['', `SET client_encoding = 'UTF8';`, ...after, ''].join('\n'))
  context.signal.throwIfAborted()
  context.assertOwner()
  state.isCommitSent = true
  yield Buffer.from('COMMIT;\n')
}

/** Another database may have got the name between our look and the connection. */
function sameDatabase(database: string, identity: string): string {
  return `BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_database WHERE oid = ${identity} AND datname = pg_catalog.current_database()
                    AND datname = ${quoteLiteral(database)}) THEN
    RAISE EXCEPTION 'this is not the database with the oid ${identity}' USING ERRCODE = 'HF001';
  END IF;
END`
}

/** `pg_restore`: from the backup to the script. No connection. */
async function writeScript(
  { endpoint, database, restore, restoreArgs, source, archive }: RestoreTransaction,
  script: Writable,
  context: JobContext,
  said: string[],
): Promise<void> {
  const state = { item: null as string | null, bytes: 0 }
  const report = () => context.report({ stage: 'restore', ...state, totalBytes: source.manifest.plaintextBytes })
  await runTool({
    path: restore.path,
    args: restoreArgs,
    jobId: context.jobId,
    signal: context.signal,
    redact: (text) => context.redact(text),
    ...inputOf({ archive, source }),
    onStdinBytes: (totalBytes) => {
      state.bytes = totalBytes
      report()
    },
    stdout: script,
    onStderrLine: (line) => {
      state.item = parseProgress(line) ?? state.item
      report()
      note(said, parseWarning(line))
    },
    explain: (exit) =>
      explainToolFailure(
        { tool: restore.name, ...exit, otherwise: 'RESTORE_FAILED' },
        failureContext(endpoint, database),
      ),
  })
}

function note(said: string[], warning: string | null): void {
  if (warning !== null && said.length < warningLimit) said.push(warning)
}

async function runScript(
  { endpoint, database, psql, passFile }: RestoreTransaction,
  script: AsyncIterable<Uint8Array>,
  context: JobContext,
  signal: AbortSignal,
  state: TransactionState,
  said: string[],
): Promise<void> {
  await runTool({
    path: psql.path,
    args: scriptRunArgs(endpoint, database),
    env: toolSettings(endpoint, applicationNameOf(context.jobId), passFile),
    jobId: context.jobId,
    signal,
    redact: (text) => context.redact(text),
    stdin: () => script,
    stdout: transactionReader(state),
    onStderrLine: (line) => note(said, /^psql:<stdin>:\d+: WARNING: +(.*)$/.exec(line)?.[1] ?? null),
    explain: (exit) => {
      if (exit.stderrTail.includes('this is not the database with the oid')) return targetChanged(database)
      return explainToolFailure(
        { tool: psql.name, ...exit, otherwise: 'RESTORE_FAILED' },
        failureContext(endpoint, database),
      )
    },
  })
}

function targetChanged(database: string): AppError {
  return new AppError(
    'TARGET_CHANGED',
    `The database "${database}" is not the one for which this was planned. It was left as it is.`,
    {
      remedy: 'Look at the database on the server, then make a new plan.',
    },
  )
}

/** Finds the number of the transaction in what `psql` prints, and drops the rest. */
function transactionReader(state: TransactionState): Writable {
  let head = ''
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (state.transaction === null && head.length < 4_096) {
        head += chunk.toString('latin1')
        state.transaction = /^transaction (\d+)$/m.exec(head)?.[1] ?? null
      }
      done()
    },
  })
}

/** After a failure: waits until the session of `psql` is gone, and tells whether the transaction was committed all the same. */
async function settle(watch: Session, jobId: string, state: TransactionState): Promise<boolean> {
  const deadline = performance.now() + settleMs
  try {
    await endSessionsOf(watch, jobId, settleMs)
    while (state.isCommitSent && state.transaction !== null) {
      const [row] = await watch.query<{ status: string | null }>('SELECT pg_catalog.txid_status($1) AS status', [
        state.transaction,
      ])
      if (row?.status === 'committed') return true
      if (row?.status !== 'in progress') return false
      if (performance.now() > deadline) break
      await sleep(50)
    }
    if (!state.isCommitSent) return false
  } catch (error) {
    if (!state.isCommitSent) return false
    throw unknownOutcome(watch.database, error)
  }
  throw unknownOutcome(watch.database, null)
}

function unknownOutcome(database: string, cause: unknown): AppError {
  return new AppError(
    'CONNECTION_LOST',
    `The connection was lost while the restore into "${database}" was committed: all of it was written, or nothing.`,
    {
      detail: cause instanceof Error ? cause.message : null,
      remedy: 'When the server answers again, compare the database with the backup: holdfast compare <backup> --live.',
      cause: cause ?? undefined,
    },
  )
}
