import { z } from 'zod'

/** A role as the source's server had it. */
export const RoleFacts = z.object({
  name: z.string(),
  superuser: z.boolean(),
  inherit: z.boolean(),
  createRole: z.boolean(),
  createDatabase: z.boolean(),
  login: z.boolean(),
  replication: z.boolean(),
  bypassRls: z.boolean(),
  /** -1: none. */
  connectionLimit: z.number().int(),
  /** ISO 8601, or `infinity`; null where there is no end. */
  validUntil: z.string().nullable(),
  /** What the server keeps of the password, never the password itself; null where there is none, or it isn't kept here. */
  password: z.string().nullable(),
  /** Roles that it is a member of. `inherit` and `set` are null before PostgreSQL 16. */
  memberOf: z.array(
    z.object({
      role: z.string(),
      grantor: z.string().nullable(),
      admin: z.boolean(),
      inherit: z.boolean().nullable(),
      set: z.boolean().nullable(),
    }),
  ),
  /** Settings of the role, in every database or (`inDatabase`) in the one that was backed up. */
  settings: z.array(z.object({ inDatabase: z.boolean(), name: z.string(), value: z.string() })),
})
export type RoleFacts = z.infer<typeof RoleFacts>

/** A tablespace as the source's server had it. */
export const TablespaceFacts = z.object({
  name: z.string(),
  /** The folder on the server's machine; null where the account may not see it. */
  location: z.string().nullable(),
  owner: z.string(),
  /** `name=value`. */
  options: z.array(z.string()),
  /** Objects of the database lie in it by name: a restore of them needs it. */
  isUsed: z.boolean(),
})
export type TablespaceFacts = z.infer<typeof TablespaceFacts>

/** What of the server, not of the database, a restore on another server needs. Predefined roles and tablespaces are not listed. */
export const Globals = z.object({
  /** Sorted by name. */
  roles: z.array(RoleFacts),
  tablespaces: z.array(TablespaceFacts),
  /** `server`: all of them; `database`: the roles that the database names, and those that they are members of. */
  extent: z.enum(['server', 'database']),
  /** `kept`; `left-out`, as it was asked for or because nothing would seal them; `unreadable` for the account. */
  passwords: z.enum(['kept', 'left-out', 'unreadable']),
})
export type Globals = z.infer<typeof Globals>
