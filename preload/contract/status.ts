import { z } from 'zod'
import { BackupId, ConnectionId, JobId, RestoreId, Timestamp } from './ids.ts'
import { BackupState, EngineId, Environment, Outcome } from './words.ts'

export const AuditEntry = z.object({
  number: z.number().int().positive(),
  at: Timestamp,
  /** OS user@host. */
  actor: z.string(),
  /** Dotted: `backup.created`, `restore.refused`. */
  action: z.string(),
  subject: z.string(),
  outcome: z.enum(['done', 'failed', 'refused']),
  detail: z.record(z.string(), z.unknown()),
  hash: z.string(),
})
export type AuditEntry = z.infer<typeof AuditEntry>

export const AuditVerification = z.object({
  valid: z.boolean(),
  entries: z.number().int(),
  brokenAt: z.number().int().optional(),
})

/** What `doctor` looked at. */
export const DoctorReport = z.object({
  checks: z.array(z.object({ name: z.string(), outcome: Outcome, detail: z.string(), remedy: z.string().nullable() })),
})
export type DoctorReport = z.infer<typeof DoctorReport>

/** One day of one database. `none`: no backup was taken. */
export const DayStrip = z.object({
  /** Local date, `2026-11-21`. */
  day: z.string(),
  state: z.enum(['ok', 'warning', 'failed', 'none']),
  backups: z.number().int(),
})
export type DayStrip = z.infer<typeof DayStrip>

/** Something that waits for a person, and where it is mended. */
export const Attention = z.object({
  severity: z.enum(['bad', 'late', 'warning']),
  /** What it is about, in bold: a database, a destination. */
  subject: z.string(),
  /** The sentence after it. */
  sentence: z.string(),
  actions: z.array(
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('back-up'), connection: ConnectionId }),
      z.object({ kind: z.literal('show-job'), job: JobId }),
      z.object({ kind: z.literal('show-backup'), backup: BackupId }),
      z.object({ kind: z.literal('restore-test'), backup: BackupId }),
      z.object({ kind: z.literal('show-restore'), restore: RestoreId }),
      z.object({ kind: z.literal('save-key') }),
    ]),
  ),
})
export type Attention = z.infer<typeof Attention>

/** The overview: sentences first, figures after. */
export const StatusReport = z.object({
  sentence: z.string(),
  /** Monitoring's words: 0, 1, 2. */
  level: z.enum(['ok', 'warning', 'critical']),
  databases: z.array(
    z.object({
      connection: z.string(),
      database: z.string(),
      state: z.enum(['protected', 'warning', 'overdue', 'not-yet']),
      lastGoodAt: Timestamp.nullable(),
      lastProvenAt: Timestamp.nullable(),
      goalHours: z.number(),
      sentence: z.string(),
      connectionId: ConnectionId,
      engine: EngineId,
      environment: Environment,
      /** The newest good backup, and the newest proven one. */
      lastGood: BackupId.nullable(),
      lastProven: BackupId.nullable(),
      /** How the newest backup of any outcome ended. */
      lastState: BackupState.nullable(),
      /** Of the newest good backup, as it is stored. */
      artifactBytes: z.number().nullable(),
      /** What restores and restore tests of it took; null where there was none. */
      restoreSeconds: z.object({ low: z.number(), high: z.number() }).nullable(),
      /** The last 30 days in local time, oldest first; the last is today. */
      days: z.array(DayStrip).length(30),
    }),
  ),
  attention: z.array(Attention),
  backups: z.number().int(),
  storedBytes: z.number().int(),
})
export type StatusReport = z.infer<typeof StatusReport>

export const KeyStatus = z.object({
  /** null: no key yet. */
  fingerprint: z.string().nullable(),
  recipient: z.string().nullable(),
  isKitVerified: z.boolean(),
})
export type KeyStatus = z.infer<typeof KeyStatus>
