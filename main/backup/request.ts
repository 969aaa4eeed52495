import { z } from 'zod'
import { BackupId, BackupRequest, ConnectionId, DestinationId } from '../../preload/contract/index.ts'

/** A backup request whose references are resolved: what the job process gets. */
export const BackupWork = z.object({
  backupId: BackupId,
  connectionId: ConnectionId,
  destinationIds: z.array(DestinationId).min(1),
  request: BackupRequest,
  /** The true name, or absolute path, that is backed up. */
  database: z.string(),
  /** Absolute path of one more copy. */
  output: z.string().nullable().default(null),
})
export type BackupWork = z.infer<typeof BackupWork>

/** A file to be taken in, references resolved. */
export const ImportWork = z.object({ path: z.string(), backupId: BackupId, destinationId: DestinationId })
export type ImportWork = z.infer<typeof ImportWork>
