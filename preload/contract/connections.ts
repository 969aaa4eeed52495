import { z } from 'zod'
import { ConnectionId, DestinationId, DisplayName, Reference, Timestamp } from './ids.ts'
import { Hook, RestoreCheck } from './hooks.ts'
import { DestinationType, EngineId, Environment, ObjectKind } from './words.ts'

/**
 * How a secret is given. Never as a flag: prompt, file, command, environment, or none.
 * `value` goes in once and never comes back out.
 */
export const SecretInput = z.discriminatedUnion('from', [
  z.object({ from: z.literal('none') }),
  z.object({ from: z.literal('value'), value: z.string().min(1).max(10_000) }),
  /** argv, run each time a secret is needed, without a shell. */
  z.object({ from: z.literal('command'), argv: z.array(z.string()).min(1) }),
])
export type SecretInput = z.infer<typeof SecretInput>

/** Where the secret of a connection comes from, without the secret. */
export const SecretSource = z.discriminatedUnion('from', [
  z.object({ from: z.literal('none') }),
  z.object({ from: z.literal('store') }),
  z.object({ from: z.literal('command'), argv: z.array(z.string()) }),
])
export type SecretSource = z.infer<typeof SecretSource>

/** `SHA256:` and 43 characters, as `ssh-keygen -l` prints it. */
export const SshFingerprint = z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'must be a fingerprint like SHA256:…')

const sshName = z
  .string()
  .min(1)
  .max(1000)
  .refine((text) => !/[\0\s]/.test(text), 'must not contain spaces')

/** An SSH server through which a database server is reached, without secrets. */
export const SshReach = z.object({
  host: sshName,
  port: z.coerce.number().int().min(1).max(65_535).default(22),
  user: sshName,
  /** Absolute path of the private key; absent: the agent, or the password. */
  identityFile: z.string().min(1).max(4096).optional(),
  /** Keys come from the SSH agent of this session. */
  agent: z.boolean().default(false),
  /** The one host key that is accepted; without it nothing is connected. */
  hostKey: SshFingerprint.optional(),
  /** A password, or the passphrase of the key, is kept in the secret store. Set by the application. */
  hasSecret: z.boolean().default(false),
})
export type SshReach = z.infer<typeof SshReach>

/** What an SSH server shows before anybody logs in. */
export const SshHostKey = z.object({ fingerprint: SshFingerprint, keyType: z.string() })
export type SshHostKey = z.infer<typeof SshHostKey>

export const Connection = z.object({
  id: ConnectionId,
  name: z.string(),
  engine: EngineId,
  environment: Environment,
  /** The engine's profile, parsed with its `profileSchema`. Without secrets. */
  profile: z.record(z.string(), z.unknown()),
  secret: SecretSource,
  /** Newest good backup must be younger than this. */
  goalHours: z.number().positive(),
  /** What level 0 demands of a backup besides presence; absent: nothing. */
  minSizeBytes: z.number().int().positive().optional(),
  maxAgeHours: z.number().positive().optional(),
  /** In the order in which they run. */
  hooks: z.array(Hook),
  /** Asked of what was restored. */
  checks: z.array(RestoreCheck),
  createdAt: Timestamp,
})
export type Connection = z.infer<typeof Connection>

export const ConnectionDraft = z.object({
  name: DisplayName,
  engine: EngineId,
  environment: Environment.default('development'),
  profile: z.record(z.string(), z.unknown()),
  secret: SecretInput,
  /** Password of the SSH user, or passphrase of its key; `command` is `USAGE`. */
  sshSecret: SecretInput.optional(),
})

export const ConnectionEdit = z.object({
  connection: Reference,
  name: DisplayName.optional(),
  environment: Environment.optional(),
  profile: z.record(z.string(), z.unknown()).optional(),
  secret: SecretInput.optional(),
  /** Absent: what is stored stays. */
  sshSecret: SecretInput.optional(),
  /** Why a connection without verified TLS is accepted for this server; null takes it back. */
  acceptUnverifiedTls: z.string().trim().min(1).max(1000).nullable().optional(),
  goalHours: z
    .number()
    .positive()
    .max(24 * 366)
    .optional(),
  /** null: no limit any more. */
  minSizeBytes: z.number().int().positive().nullable().optional(),
  maxAgeHours: z
    .number()
    .positive()
    .max(24 * 366 * 10)
    .nullable()
    .optional(),
  /** Replaces the whole list. */
  hooks: z.array(Hook).max(100).optional(),
  /** Replaces the whole list. */
  checks: z.array(RestoreCheck).max(100).optional(),
})

export const Destination = z.object({
  id: DestinationId,
  name: z.string(),
  type: DestinationType,
  /** The destination's own settings, parsed with its `settingsSchema`. Without secrets. */
  settings: z.record(z.string(), z.unknown()),
  createdAt: Timestamp,
})
export type Destination = z.infer<typeof Destination>

export const DestinationDraft = z.object({
  name: DisplayName,
  type: DestinationType,
  settings: z.record(z.string(), z.unknown()),
  secret: SecretInput,
})

/** What a server, or a file, says about itself. Also the result of a connection test. */
export const ServerInfo = z.object({
  product: z.string(),
  version: z.string(),
  /** A number that grows with the version and whose thousands don't collide: PostgreSQL's server_version_num. */
  versionNumber: z.number().int(),
  databases: z.array(z.object({ name: z.string(), sizeBytes: z.number().nullable() })),
  /** The tools that would be used, and why these. */
  tools: z.array(z.object({ name: z.string(), path: z.string(), version: z.string(), why: z.string() })),
  isSuperuser: z.boolean().nullable(),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
})
export type ServerInfo = z.infer<typeof ServerInfo>

/** An object of a live database that can be named in a backup's `include` and `exclude`. */
export const LiveObject = z.object({
  /** As `include` takes it. */
  name: z.string(),
  kind: ObjectKind,
  /** The schema in which it lies, which can be named just so; null where there are none. */
  group: z.string().nullable(),
  /** null where it isn't known without reading it for long. */
  rows: z.number().nullable(),
  isEstimate: z.boolean(),
  /** It can be named in `excludeRows`. */
  hasRows: z.boolean(),
})
export type LiveObject = z.infer<typeof LiveObject>
