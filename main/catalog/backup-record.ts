import { z } from 'zod'
import {
  AppErrorDataSchema,
  BackupSummary,
  Badge,
  CopyState,
  DestinationId,
  Sha256,
  Timestamp,
} from '../../preload/contract/index.ts'

/** One place where a backup is kept, as the catalog knows it. */
export const CopyRecord = z.object({
  destinationId: DestinationId,
  /** The destination's name when the copy was made. */
  destination: z.string(),
  /** The artifact's name at the destination, with `/` between parts. Its manifest is `<object>.manifest.json`. */
  object: z.string(),
  /** The same for people: a path, an object key. */
  location: z.string(),
  state: CopyState,
  /** When `state` was last found out by a check; null before the first one. */
  checkedAt: Timestamp.nullable(),
})
export type CopyRecord = z.infer<typeof CopyRecord>

/** A backup as it is handed to the catalog. A failed one is a record too, with its error. */
export const BackupRecord = BackupSummary.omit({ copies: true, badge: true }).extend({
  connectionId: z.string(),
  /** The installation that made it. */
  installation: z.string(),
  /** The job that made it; null where it was found by an import or a rescan. */
  jobId: z.string().nullable(),
  plaintextSha256: Sha256.nullable(),
  /** SHA-256 of the manifest's bytes; null where there is none. */
  manifestSha256: Sha256.nullable(),
  fingerprintKeyId: z.string().nullable(),
  /** The manifest's settings under which the dump has to be compared. */
  settings: z.record(z.string(), z.string()),
  /** Why it failed; null for a complete one. */
  error: AppErrorDataSchema.nullable(),
})
export type BackupRecord = z.infer<typeof BackupRecord>

/** A backup as the catalog answers it: with its copies, and the badge that its validations earned. */
export const BackupEntry = BackupRecord.extend({ copies: z.array(CopyRecord), badge: Badge })
export type BackupEntry = z.infer<typeof BackupEntry>

/** What the contract shows of an entry in a list. */
export function toSummary(entry: BackupEntry): BackupSummary {
  const {
    connectionId,
    installation,
    jobId,
    plaintextSha256,
    manifestSha256,
    fingerprintKeyId,
    settings,
    error,
    copies,
    ...summary
  } = entry
  return { ...summary, copies: copies.map(({ destination, location, state }) => ({ destination, location, state })) }
}

/** Complete, at least one copy whose last check didn't fail, not a salvage, and no validation of it says otherwise. */
export function isGood(entry: BackupEntry): boolean {
  const isWhole = entry.state === 'complete' && entry.kind !== 'salvage' && entry.badge !== 'failed'
  return isWhole && entry.copies.some(({ state }) => state === 'stored')
}
