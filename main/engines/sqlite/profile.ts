import { isAbsolute } from 'node:path'
import { z } from 'zod'

/** A SQLite database is a file. */
export const SqliteProfile = z.object({
  /** Absolute path of the database file. */
  path: z
    .string()
    .min(1)
    .max(4096)
    .refine((path) => isAbsolute(path), 'must be an absolute path')
    .refine((path) => !path.includes('\0'), 'must not contain a NUL character'),
})
export type SqliteProfile = z.infer<typeof SqliteProfile>
