import { z } from 'zod'
import { Job } from '../../preload/contract/index.ts'

/** A process that can be told from a later one with the same number. */
export const ProcessIdentity = z.object({
  pid: z.number().int().positive(),
  /** When it started, in whatever unit the system has: only ever compared. */
  startedAt: z.string(),
})
export type ProcessIdentity = z.infer<typeof ProcessIdentity>

/** The process that a job belongs to. */
export const JobOwner = ProcessIdentity.extend({
  host: z.string(),
  /** A different one on the same host: the machine was started anew since. */
  bootId: z.string(),
})
export type JobOwner = z.infer<typeof JobOwner>

/** A job as it is stored. */
export const JobRecord = z.object({
  job: Job,
  input: z.unknown(),
  owner: JobOwner,
  /** The job process; null before it started. */
  process: ProcessIdentity.nullable(),
  /** Milliseconds since 1970, by the owner's clock. */
  heartbeatAtMs: z.number().int(),
  /** Grows with each change of owner. */
  epoch: z.number().int().positive(),
  lockKeys: z.array(z.string()),
  /** Somebody asked the owner to cancel it. */
  isCancelRequested: z.boolean(),
})
export type JobRecord = z.infer<typeof JobRecord>

/** Whether a job has come to its end. */
export function isEnded({ status }: Job): boolean {
  return status.state === 'succeeded' || status.state === 'failed' || status.state === 'cancelled'
}
