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
  /** A menu, a notification or a link of the system wants a page of the window. */
  'window.navigate': z.object({ route: z.string().startsWith('/') }),
  /** What the system's own notification could not show. */
  'window.notice': z.object({ title: z.string(), text: z.string(), route: z.string().startsWith('/').nullable() }),
  'rows.batch': z.object({ streamId: z.string(), columns: z.array(z.string()), rows: z.array(z.array(RowValue)) }),
} as const

export type EventName = keyof typeof events
export type EventPayload<E extends EventName> = z.output<(typeof events)[E]>
