import { z } from 'zod'
import { AppErrorDataSchema, JobId, JobKind, LogLine, Progress } from '../../preload/contract/index.ts'

/** What the parent tells the job process. */
export const ToJob = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'),
    jobId: JobId,
    kind: JobKind,
    input: z.unknown(),
    /** Over this channel once, and nowhere else. */
    secrets: z.unknown(),
    epoch: z.number().int().positive(),
  }),
  /** The work has to end, with this as its reason. */
  z.object({ type: z.literal('abort'), error: AppErrorDataSchema }),
  /** All listeners took the event of that number. */
  z.object({ type: z.literal('taken'), number: z.number().int() }),
])
export type ToJob = z.infer<typeof ToJob>

/** What the job process tells its parent. */
export const FromJob = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), progress: Progress }),
  z.object({ type: z.literal('moved') }),
  /** The abort was heard; the work is cleaning up. */
  z.object({ type: z.literal('aborting') }),
  /** Not redacted yet: the parent's logger does that, once. */
  z.object({ type: z.literal('log'), line: LogLine }),
  z.object({ type: z.literal('event'), number: z.number().int(), event: z.string(), payload: z.unknown() }),
  z.object({ type: z.literal('result'), result: z.unknown() }),
  /** `isAbort`: the work ended because of an `abort`. */
  z.object({ type: z.literal('error'), error: AppErrorDataSchema, isAbort: z.boolean() }),
])
export type FromJob = z.infer<typeof FromJob>
