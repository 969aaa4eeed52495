import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Catalog } from '../../catalog/catalog.ts'
import { JobRunner, type JobRequest, type JobRunnerOptions } from '../runner.ts'
import { forkTestJob } from './fork-test-job.ts'
import type { TestInput } from './test-job-main.ts'
import { makeTestRedactor, testProbe } from './test-probe.ts'

/** A runner on a home of its own, with real job processes. */
export interface TestRunner {
  readonly home: string
  readonly catalog: Catalog
  readonly runner: JobRunner
  readonly dispose: () => Promise<void>
}

export async function makeTestHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'holdfast-test-jobs-'))
  await chmod(home, 0o700)
  return home
}

/** On `home` where one is given (it is then left in place). */
export async function startTestRunner(
  options: Partial<JobRunnerOptions> & { readonly home?: string } = {},
): Promise<TestRunner> {
  const home = options.home ?? (await makeTestHome())
  const catalog = Catalog.open({ home, appVersion: '0.0.0' })
  const runner = new JobRunner({
    forkJob: forkTestJob,
    probe: testProbe,
    redactor: makeTestRedactor(),
    ...options,
    catalog,
    home,
  })
  return {
    home,
    catalog,
    runner,
    dispose: async () => {
      await runner.close({ cancelJobs: true })
      catalog.close()
      if (options.home === undefined) await rm(home, { recursive: true, force: true })
    },
  }
}

/** A job of the tests. */
export function testRequest(input: TestInput, rest: Partial<JobRequest> = {}): JobRequest {
  return {
    kind: 'backup',
    title: `test: ${input.do}`,
    input,
    locks: [],
    onLock: 'fail',
    secrets: () => Promise.resolve({}),
    ...rest,
  }
}
