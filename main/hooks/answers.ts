import type { Warning } from '../../preload/contract/index.ts'
import type { ManifestContents } from '../artifact/manifest.ts'
import type { JobContext } from '../jobs/context.ts'
import type { OpenConnection, Workbench } from '../workbench/workbench.ts'
import { accountOf, firstField } from './check-query.ts'
import { attempt } from './scope.ts'

/** What the checks answered, and those that did not. */
export interface BackupAnswers {
  readonly answers: NonNullable<ManifestContents['answers']>
  /** `CHECK_FAILED`, one for each check without an answer. */
  readonly warnings: readonly Warning[]
}

/**
 * Asks the queries whose restored answer is to be the one "as at the backup". One that fails is a warning and has no answer; only an
 * aborted job throws. Asked just before the dump, in sessions of their own.
 */
export async function answersAtBackup(
  bench: Workbench,
  on: OpenConnection,
  database: string,
  context: JobContext,
): Promise<BackupAnswers> {
  const answers: NonNullable<ManifestContents['answers']> = []
  const warnings: Warning[] = []
  for (const { name, test, timeoutSeconds } of on.row.checks) {
    if (test.kind !== 'query' || test.expected.kind !== 'as-at-backup') continue
    const { sql } = test
    const asking = accountOf(bench, on, test)
    const { outcome, detail } =
      typeof asking === 'string'
        ? { outcome: 'could-not-run', detail: asking }
        : await attempt(timeoutSeconds, context, async (signal) => {
            const value = await firstField(asking, database, sql, signal)
            if (value === undefined) return { outcome: 'failed', detail: 'It answered no row.' }
            answers.push({ name, sql, value })
            return { outcome: 'passed', detail: null }
          })
    if (outcome === 'passed') continue
    const message = `The check "${name}" could not be asked at the backup, so a restore can't compare it: ${detail ?? 'no reason known'}`
    context.log('warning', message)
    warnings.push({ code: 'CHECK_FAILED', message })
  }
  return { answers, warnings }
}
