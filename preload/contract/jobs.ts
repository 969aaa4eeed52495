import { z } from 'zod'
import { AppErrorDataSchema } from './errors.ts'
import { JobId, Timestamp } from './ids.ts'

export const JobKind = z.enum([
  'backup',
  'validate',
  'restore-plan',
  'restore',
  'undo-plan',
  'undo',
  'finish',
  'compare',
  'rows',
  'import',
  'rescan',
])
export type JobKind = z.infer<typeof JobKind>

export const Stage = z.enum([
  'prepare',
  'inspect',
  'dump',
  'compress',
  'encrypt',
  'write',
  'manifest',
  'check',
  'read',
  'decode',
  'safety-backup',
  'hooks',
  'restore',
  'compare',
  'swap',
  'publish',
  'clean-up',
])
export type Stage = z.infer<typeof Stage>

/** A whole snapshot of how far a job is. */
export const Progress = z.object({
  stage: Stage,
  /** What the job is at, for people: a table, a destination. */
  item: z.string().nullable(),
  /** Plaintext bytes that were moved so far. */
  bytes: z.number().int().nonnegative(),
  bytesPerSecond: z.number().nonnegative(),
  /** null while the total is unknown. Never invented. */
  fraction: z.number().min(0).max(1).nullable(),
  /** What history predicts for the whole stage, in seconds; null without history. */
  remainingSeconds: z.object({ low: z.number(), high: z.number() }).nullable(),
})
export type Progress = z.infer<typeof Progress>

const running = { startedAt: Timestamp }
const ended = { startedAt: Timestamp, finishedAt: Timestamp }

/** The life of a job. */
export const JobState = z.discriminatedUnion('state', [
  z.object({ state: z.literal('queued') }),
  z.object({
    state: z.literal('waiting'),
    reason: z.enum(['keychain-locked', 'destination-away', 'lock-held']),
    /** Who or what is waited for, for people. */
    detail: z.string(),
  }),
  z.object({ state: z.literal('running'), ...running, progress: Progress.nullable(), isCancelling: z.boolean() }),
  z.object({ state: z.literal('succeeded'), ...ended, result: z.unknown() }),
  z.object({ state: z.literal('failed'), ...ended, error: AppErrorDataSchema }),
  z.object({ state: z.literal('cancelled'), ...ended }),
])
export type JobState = z.infer<typeof JobState>

/** What a job works on: the id to go on with, and the name as it was when the job was asked for, for people. */
export const JobSubject = z.object({
  kind: z.enum(['connection', 'backup', 'restore', 'destination']),
  id: z.string(),
  name: z.string(),
})
export type JobSubject = z.infer<typeof JobSubject>

/** A job as it stands in the catalog and in `job.updated`. */
export const Job = z.object({
  id: JobId,
  kind: JobKind,
  /** What the job works on, for people: `shop on production`. */
  title: z.string(),
  /** null where a job of an older version says it in its title alone. */
  subject: JobSubject.nullable().default(null),
  createdAt: Timestamp,
  /** Grows with each change; an older snapshot is ignored. */
  revision: z.number().int().nonnegative(),
  status: JobState,
})
export type Job = z.infer<typeof Job>

/** One line of a job's log. `message` is redacted. */
export const LogLine = z.object({
  at: Timestamp,
  level: z.enum(['debug', 'info', 'warning', 'error']),
  stage: Stage.nullable(),
  message: z.string(),
})
export type LogLine = z.infer<typeof LogLine>
