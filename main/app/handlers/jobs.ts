import { JobId, type Handlers, type Job } from '../../../preload/contract/index.ts'
import { readJobLog } from '../../jobs/log.ts'
import type { Core } from '../core.ts'

type JobHandlers = Pick<Handlers, 'jobs.list' | 'jobs.get' | 'jobs.log' | 'jobs.cancel' | 'jobs.wait'>

/** Jobs of all processes that work on this home. */
export function jobHandlers(core: Core): JobHandlers {
  const { catalog, runner, audit } = core
  const resolve = (reference: string): JobId => JobId.parse(catalog.jobs.resolve(reference).job.id)
  return {
    'jobs.list': ({ limit }) => Promise.resolve([...catalog.jobs.list(limit)]),
    'jobs.get': ({ job }) => Promise.resolve(runner.get(resolve(job))),
    'jobs.log': ({ job }) => Promise.resolve([...readJobLog(core.home, resolve(job))]),
    'jobs.cancel': async ({ job }) => {
      const id = resolve(job)
      await runner.cancel(id)
      audit.write({ action: 'job.cancelled', subject: id, outcome: 'done' })
      return {}
    },
    'jobs.wait': ({ jobId }): Promise<Job> => runner.wait(jobId),
  }
}
