import { JobId, type Handlers, type Job } from '../../../preload/contract/index.ts'
import { readJobLog } from '../../jobs/log.ts'
import { tailJobLog } from '../../jobs/log-tail.ts'
import type { Core } from '../core.ts'

type JobHandlers = Pick<Handlers, 'jobs.list' | 'jobs.get' | 'jobs.log' | 'jobs.tail' | 'jobs.cancel' | 'jobs.wait'>

/** Jobs of all processes that work on this home. */
export function jobHandlers(core: Core): JobHandlers {
  const { catalog, runner, audit } = core
  const resolve = (reference: string): JobId => JobId.parse(catalog.jobs.resolve(reference).job.id)
  return {
    'jobs.list': ({ limit }) => Promise.resolve([...catalog.jobs.list(limit)]),
    'jobs.get': ({ job }) => Promise.resolve(runner.get(resolve(job))),
    'jobs.log': ({ job }) => Promise.resolve([...readJobLog(core.home, resolve(job))]),
    'jobs.tail': async ({ job: reference, position }) => {
      // Looked at first: a job that has ended by then has its last line in the file.
      const job = await runner.look(resolve(reference))
      const { lines, position: next } = tailJobLog(core.home, job.id, position)
      return { job, lines: [...lines], position: next }
    },
    'jobs.cancel': async ({ job }) => {
      const id = resolve(job)
      await runner.cancel(id)
      audit.write({ action: 'job.cancelled', subject: id, outcome: 'done' })
      return {}
    },
    'jobs.wait': ({ jobId }): Promise<Job> => runner.wait(jobId),
  }
}
