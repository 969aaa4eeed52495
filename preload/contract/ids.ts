import { z } from 'zod'

const ulid = z.string().regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'must be an id')

/** Identifiers are ULIDs: 26 characters of Crockford's base32, sortable by the time of their making. */
export const JobId = ulid.brand<'JobId'>()
export type JobId = z.infer<typeof JobId>
export const BackupId = ulid.brand<'BackupId'>()
export type BackupId = z.infer<typeof BackupId>
export const ConnectionId = ulid.brand<'ConnectionId'>()
export type ConnectionId = z.infer<typeof ConnectionId>
export const DestinationId = ulid.brand<'DestinationId'>()
export type DestinationId = z.infer<typeof DestinationId>
export const RestoreId = ulid.brand<'RestoreId'>()
export type RestoreId = z.infer<typeof RestoreId>

/** A moment in UTC, ISO 8601 with milliseconds and `Z`. */
export const Timestamp = z.iso.datetime({ precision: 3 })

/** A person names things freely: 1 to 200 characters without control characters. */
export const DisplayName = z
  .string()
  .min(1)
  .max(200)
  // eslint-disable-next-line no-control-regex -- control characters are what is refused here
  .regex(/^[^\u0000-\u001f\u007f]+$/, 'must not contain control characters')
  .refine((name) => name.trim() === name, 'must not begin or end with a space')

/** What was typed where an id is expected: a whole id, a unique prefix, a name, or `latest`. */
export const Reference = z.string().min(1).max(300)
