import { z } from 'zod'

/**
 * What a restore does about roles that the backup names. `leave`: those that are missing block it. `create`: they are made as they were;
 * those that exist are left. `alter`: also those that exist become like they were, but for their passwords.
 */
export const RolesAction = z.enum(['leave', 'create', 'alter'])
export type RolesAction = z.infer<typeof RolesAction>

/** What becomes of a role or tablespace of the server. `missing`: it is not there, and is not made. */
export const PlanRole = z.object({
  kind: z.enum(['role', 'tablespace']),
  name: z.string(),
  action: z.enum(['create', 'leave', 'alter', 'missing']),
  /** What runs, or for `missing` what mends it; without what the server keeps of a password. null where nothing is to be done. */
  statement: z.string().nullable(),
  why: z.string().nullable(),
})
export type PlanRole = z.infer<typeof PlanRole>
