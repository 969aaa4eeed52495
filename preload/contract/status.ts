import { z } from 'zod'
import { Timestamp } from './ids.ts'
import { Outcome } from './words.ts'

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
    }),
  ),
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
