import { z } from 'zod'
import { RowValue } from './backups.ts'
import { JobId } from './ids.ts'
import { Job, LogLine } from './jobs.ts'
import { Prompt } from './window.ts'

/** What the application tells its hosts. Snapshots carry a `revision`; an older one is ignored. */
export const events = {
  'job.updated': Job,
  'job.log': z.object({ jobId: JobId, line: LogLine }),
  'catalog.changed': z.object({ revision: z.number().int() }),
  'prompts.changed': z.object({ prompts: z.array(Prompt) }),
  'rows.batch': z.object({ streamId: z.string(), columns: z.array(z.string()), rows: z.array(z.array(RowValue)) }),
} as const

export type EventName = keyof typeof events
export type EventPayload<E extends EventName> = z.output<(typeof events)[E]>
