import { z } from 'zod'
import { Badge } from '../../preload/contract/index.ts'
import { BackupRecord, CopyRecord } from './backup-record.ts'
import { booleanColumn, jsonColumn } from './sql.ts'

/** What an earlier backup cost, for predictions. */
export interface BackupHistory {
  readonly durationMs: number
  readonly plaintextBytes: number
  readonly artifactBytes: number
}

/** A row of `backups`. */
export const backupRow = z
  .object({ document: jsonColumn(BackupRecord), pinned: booleanColumn, badge: Badge })
  .transform(({ document, pinned, badge }) => ({ ...document, pinned, badge }))

/** A row of `copies`. */
export const copyRow = z
  .object({
    backup_id: z.string(),
    destination_id: CopyRecord.shape.destinationId,
    destination: z.string(),
    object: z.string(),
    location: z.string(),
    state: CopyRecord.shape.state,
    checked_at: CopyRecord.shape.checkedAt,
  })
  .transform(({ backup_id, destination_id, checked_at, ...rest }) => ({
    backupId: backup_id,
    copy: { ...rest, destinationId: destination_id, checkedAt: checked_at } satisfies CopyRecord,
  }))

/** What `history` reads. */
export const historyRow = z
  .object({ duration_ms: z.number(), plaintext_bytes: z.number(), artifact_bytes: z.number() })
  .transform((row): BackupHistory => ({
    durationMs: row.duration_ms,
    plaintextBytes: row.plaintext_bytes,
    artifactBytes: row.artifact_bytes,
  }))
