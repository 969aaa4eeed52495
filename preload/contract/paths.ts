import { z } from 'zod'

/**
 * A path: from a dialog by its id, or, from the command line alone, as it is. A window never names a path itself:
 * the application knows which ids it handed out.
 */
export const PathInput = z.union([z.object({ picked: z.string().min(1).max(100) }), z.string().min(1)])
export type PathInput = z.infer<typeof PathInput>

/** A path that was picked: the id to send back, and the path to show. */
export const PickedPath = z.object({ picked: z.string(), path: z.string() })
export type PickedPath = z.infer<typeof PickedPath>
