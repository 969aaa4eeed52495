import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runProgram } from '../build-steps/project.ts'
import type { Skip, Tally } from './tally.ts'

/** What of Playwright's JSON report is counted. */
export interface WindowReport {
  readonly errors: readonly { readonly message?: string }[]
  readonly suites: readonly WindowSuite[]
}

interface WindowSuite {
  /** At the top the file's name, below it a `describe`. */
  readonly title: string
  readonly suites?: readonly WindowSuite[]
  readonly specs: readonly {
    readonly title: string
    readonly tests: readonly Omit<NamedTest, 'name'>[]
  }[]
}

/** Runs the specs of the window with these arguments of Playwright, shows how it goes, and counts. */
export function runWindowSpecs(args: readonly string[]): Tally {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-specs-'))
  const file = join(folder, 'report.json')
  try {
    process.env['PLAYWRIGHT_JSON_OUTPUT_FILE'] = file
    const { isOk } = runProgram('playwright', ['test', '--reporter=list,json', '--pass-with-no-tests', ...args])
    const tally = countWindowReport(JSON.parse(readFileSync(file, 'utf8')) as WindowReport)
    const isUntold = !isOk && tally.failed.length === 0
    return isUntold ? { ...tally, failed: ['e2e/window: Playwright failed outside any test'] } : tally
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Counts a report. A test that passed only when it was tried again has failed. */
export function countWindowReport({ errors, suites }: WindowReport): Tally {
  const failed = errors.map(({ message = 'no message' }) => `e2e/window, outside any test: ${message.split('\n')[0]}`)
  const skipped: Skip[] = []
  let passed = 0
  for (const { name, status, annotations } of suites.flatMap((suite) => testsOf(suite, 'e2e/window/'))) {
    if (status === 'expected') passed += 1
    else if (status === 'skipped') {
      const why = annotations.find(({ type }) => type === 'skip' || type === 'fixme')?.description
      skipped.push({ test: name, reason: why ?? 'no reason given' })
    } else failed.push(name)
  }
  return { passed, failed, skipped }
}

interface NamedTest {
  readonly name: string
  readonly status: 'expected' | 'unexpected' | 'flaky' | 'skipped'
  readonly annotations: readonly { readonly type: string; readonly description?: string }[]
}

function testsOf({ title, suites = [], specs }: WindowSuite, before: string): readonly NamedTest[] {
  const path = `${before}${title}`
  const own = specs.flatMap((spec) => spec.tests.map((test) => ({ ...test, name: `${path} > ${spec.title}` })))
  return [...own, ...suites.flatMap((suite) => testsOf(suite, `${path} > `))]
}
