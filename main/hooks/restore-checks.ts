import { setTimeout as sleep } from 'node:timers/promises'
import type { Check, RestoreCheck } from '../../preload/contract/index.ts'
import type { ManifestContents } from '../artifact/manifest.ts'
import type { JobContext } from '../jobs/context.ts'
import { stripControls } from '../tools/stderr-tail.ts'
import type { OpenConnection, Workbench } from '../workbench/workbench.ts'
import { accountOf, expectedOf, firstField, judgeAnswer, type QueryTest } from './check-query.ts'
import { requestUrl } from './request-url.ts'
import { runCommand } from './run-command.ts'
import { attempt, environmentOf, type Attempt } from './scope.ts'

/** A database that was restored, and what is to be asked about it. */
export interface RestoreChecksRequest {
  /** Opens the restored database. */
  readonly on: OpenConnection
  readonly database: string
  /** What the manifest says the queries answered when the backup was taken. */
  readonly answers: ManifestContents['answers']
  readonly isDrill: boolean
  readonly backupId?: string | null
  /** Whose checks; absent: those of the connection that `on` is. */
  readonly checks?: readonly RestoreCheck[]
}

const retryEveryMs = 1_000
const askedInstead = "Asked with the restore test's own account: a restore test has no privileges of others."

/** A row for each check, in order. One that fails is a row; only an aborted job throws. */
export async function runRestoreChecks(
  bench: Workbench,
  request: RestoreChecksRequest,
  context: JobContext,
): Promise<readonly Check[]> {
  const rows: Check[] = []
  for (const check of request.checks ?? request.on.row.checks) {
    context.report({ stage: 'compare', item: check.name })
    const { outcome, detail } = await run(bench, request, check, context)
    const text = detail === null ? null : stripControls(detail)
    context.log(
      outcome === 'passed' ? 'info' : 'warning',
      `Check "${check.name}": ${outcome}${text === null ? '' : `, ${text}`}`,
    )
    rows.push({ name: check.name, outcome, detail: text })
  }
  return rows
}

async function run(
  bench: Workbench,
  request: RestoreChecksRequest,
  check: RestoreCheck,
  context: JobContext,
): Promise<Attempt> {
  const { test } = check
  switch (test.kind) {
    case 'query':
      return ask(bench, request, check, test, context)
    case 'url':
      return askUrl(test, check.timeoutSeconds, context)
    case 'command': {
      const { argv, allowedExitCodes } = test
      const scope = { on: request.on, database: request.database, backupId: request.backupId ?? null }
      const env = environmentOf(scope, request.isDrill ? 'restore-test' : 'restore', 'check')
      return attempt(check.timeoutSeconds, context, (signal) =>
        runCommand({ name: check.name, argv, allowedExitCodes, env }, context, signal),
      )
    }
  }
}

async function ask(
  bench: Workbench,
  request: RestoreChecksRequest,
  check: RestoreCheck,
  test: QueryTest,
  context: JobContext,
): Promise<Attempt> {
  const expected = expectedOf(check, test, request.answers)
  if (typeof expected === 'string') return { outcome: 'could-not-run', detail: expected }
  // Privileges are left out of restore tests: another account could read nothing there.
  const isInstead = request.isDrill && test.account !== null
  const asking = isInstead ? request.on : accountOf(bench, request.on, test)
  if (typeof asking === 'string') return { outcome: 'could-not-run', detail: asking }
  const answer = await attempt(check.timeoutSeconds, context, async (signal) =>
    judgeAnswer(expected.value, await firstField(asking, request.database, test.sql, signal)),
  )
  return isInstead
    ? { ...answer, detail: [answer.detail, askedInstead].filter((part) => part !== null).join(' ') }
    : answer
}

/** Tried again each second until it answers as expected or the window is over; each try has the whole time-out. */
async function askUrl(
  { url, expectedStatus, retrySeconds }: Extract<RestoreCheck['test'], { kind: 'url' }>,
  timeoutSeconds: number,
  context: JobContext,
): Promise<Attempt> {
  const deadline = performance.now() + retrySeconds * 1000
  for (let tries = 1; ; tries++) {
    const answer = await attempt(timeoutSeconds, context, (signal) =>
      requestUrl({ url, method: 'GET', expectedStatus }, signal),
    )
    const leftMs = deadline - performance.now()
    if (answer.outcome === 'passed') return answer
    if (leftMs <= 0) {
      const often = tries === 1 ? '' : ` (tried ${String(tries)} times in ${String(retrySeconds)} s)`
      return { outcome: 'failed', detail: `${answer.detail ?? 'It did not answer as expected.'}${often}` }
    }
    context.moved()
    await sleep(Math.min(retryEveryMs, leftMs), undefined, { signal: context.signal }).catch((error: unknown) => {
      context.signal.throwIfAborted()
      throw error
    })
  }
}
