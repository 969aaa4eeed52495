import type { RestoreCheck } from '../../preload/contract/index.ts'
import type { ManifestContents } from '../artifact/manifest.ts'
import { openConnection, type OpenConnection, type Workbench } from '../workbench/workbench.ts'
import type { Attempt } from './scope.ts'

/** A check that asks the database. */
export type QueryTest = Extract<RestoreCheck['test'], { kind: 'query' }>

const shownLength = 200

/** Who asks: the target's own account, or that of another connection to the same server; otherwise why nobody can. */
export function accountOf(
  bench: Workbench,
  on: OpenConnection,
  test: Pick<QueryTest, 'account'>,
): Pick<OpenConnection, 'engine' | 'access'> | string {
  const { account } = test
  if (account === null) return on
  const row = bench.catalog.connections.list().find(({ id, name }) => id === account || name === account)
  if (row === undefined) return `The connection "${account}", whose account is to ask, is not registered.`
  if (row.engine !== on.row.engine) return `The connection "${row.name}" is of another engine.`
  if (row.secret.from !== 'none' && bench.secrets.connections[row.id] === undefined) {
    return `The password of the connection "${row.name}" is not available.`
  }
  const opened = openConnection(bench, row)
  const [here, there] = [on, opened].map(({ engine, access }) => engine.describe(access.profile))
  return here === there
    ? opened
    : `The connection "${row.name}" opens another server (${there ?? ''}, not ${here ?? ''}).`
}

/** The first field of a query's first row; `undefined` where it answers no row. Asked in a session of its own. */
export async function firstField(
  asking: Pick<OpenConnection, 'engine' | 'access'>,
  database: string,
  sql: string,
  signal: AbortSignal,
): Promise<string | null | undefined> {
  const [row] = await asking.engine.runSql(asking.access, { database, sql }, signal)
  return row === undefined ? undefined : (row[0] ?? null)
}

/** What the query must answer: a value, or why that isn't known. Pure. */
export function expectedOf(
  check: Pick<RestoreCheck, 'name'>,
  test: Pick<QueryTest, 'sql' | 'expected'>,
  answers: ManifestContents['answers'],
): { readonly value: string | null } | string {
  if (test.expected.kind === 'value') return { value: test.expected.value }
  const answer = answers?.find(({ name }) => name === check.name)
  if (answer === undefined)
    return 'The backup holds no answer to this check: it was not asked, or failed, when it was taken.'
  if (answer.sql !== test.sql) return 'The query was changed after the backup was taken.'
  return { value: answer.value }
}

/** Compares to the letter. Pure. */
export function judgeAnswer(expected: string | null, answer: string | null | undefined): Attempt {
  if (answer === expected) return { outcome: 'passed', detail: null }
  const was = answer === undefined ? 'no row' : shown(answer)
  return { outcome: 'failed', detail: `Expected ${shown(expected)}, the answer is ${was}.` }
}

function shown(value: string | null): string {
  if (value === null) return 'NULL'
  return value.length <= shownLength
    ? `"${value}"`
    : `"${value.slice(0, shownLength)}" … (${String(value.length)} characters)`
}
