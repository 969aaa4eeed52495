import { z } from 'zod'
import {
  ArchiveContents,
  BackupId,
  BackupKind,
  BackupSelection,
  Compression,
  Content,
  EngineId,
  Environment,
  SchemaVersion,
  Scope,
  Sha256,
  Timestamp,
  Trigger,
  Warning,
} from '../../preload/contract/index.ts'
import { Globals } from './globals.ts'

/** What the source said about itself when the dump began; what a new database needs to be like it. */
export const DatabaseFacts = z.object({
  /** The true name; for SQLite the path. */
  name: z.string(),
  /** The server's own identity; null where there is none. */
  systemIdentifier: z.string().nullable(),
  /** Identity of the database on its server (oid, inode); null where there is none. */
  identity: z.string().nullable(),
  encoding: z.string().nullable(),
  /** Locale provider, collation, ctype and what else creating a like database needs. */
  locale: z.record(z.string(), z.string().nullable()),
  owner: z.string().nullable(),
  extensions: z.array(z.object({ name: z.string(), version: z.string(), schema: z.string().nullable() })),
  /** Roles that own something or are granted something there: a restore with owners and privileges needs them. */
  roles: z.array(z.string()).optional(),
  /** Roles and tablespaces of the server, as far as the account could read them. */
  globals: Globals.optional(),
  /** Of the migrations of the database, where a known tool keeps a list of them. */
  schemaVersion: SchemaVersion.optional(),
  sizeBytes: z.number().nullable(),
})
export type DatabaseFacts = z.infer<typeof DatabaseFacts>

/** Names, counts and fingerprints. In the open where the artifact is, sealed to its recipients where it is encrypted. */
export const ManifestContents = z.object({
  archive: ArchiveContents,
  facts: DatabaseFacts,
  /** Hexadecimal key of the fingerprints; null where there are none. */
  fingerprintKey: z.string().nullable(),
  /** What the connection's checks answered when the backup was taken; `value` is the first field. */
  answers: z.array(z.object({ name: z.string(), sql: z.string(), value: z.string().nullable() })).optional(),
})
export type ManifestContents = z.infer<typeof ManifestContents>

/**
 * The JSON document beside an artifact, written last: no manifest, no backup.
 * Version 1. Older versions are read for ever; a newer one is refused.
 */
export const Manifest = z.object({
  holdfast: z.literal('backup-manifest'),
  version: z.literal(1),
  id: BackupId,
  installation: z.string(),
  appVersion: z.string(),

  engine: EngineId,
  format: z.string(),
  content: Content,
  /** `partial`: it doesn't hold the whole database. Whether it restores alone is said by `needs`. */
  scope: Scope,
  kind: BackupKind,
  trigger: Trigger,
  name: z.string().nullable(),
  description: z.string().nullable(),
  createdBy: z.string().nullable(),

  connection: z.object({ id: z.string(), name: z.string(), environment: Environment }),
  /** The true name of the database; for SQLite the path. */
  database: z.string(),
  server: z.object({ product: z.string(), version: z.string(), versionNumber: z.number() }),
  tools: z.array(z.object({ name: z.string(), version: z.string() })),
  /** What ran, without secrets. */
  argv: z.array(z.array(z.string())),
  /** Settings under which the dump ran and under which it must be compared (PGTZ, encoding …). */
  settings: z.record(z.string(), z.string()),

  startedAt: Timestamp,
  finishedAt: Timestamp,
  durationMs: z.number().nonnegative(),

  /** Name of the artifact file, beside which this manifest lies. */
  artifact: z.string(),
  compression: Compression,
  encryption: z
    .object({ format: z.literal('age'), recipients: z.array(z.string()), fingerprints: z.array(z.string()) })
    .nullable(),
  plaintextBytes: z.number().int().nonnegative(),
  plaintextSha256: Sha256,
  artifactBytes: z.number().int().nonnegative(),
  artifactSha256: Sha256,

  warnings: z.array(Warning),
  fingerprintKeyId: z.string().nullable(),
  /** Exactly one of the two is set. `sealed` is an armored age file of the contents' JSON. */
  contents: ManifestContents.nullable(),
  sealed: z.string().nullable(),
  restoreByHand: z.array(z.string()),
  /** What was chosen, in a backup that doesn't hold the whole database; absent in one that does. */
  selection: BackupSelection.optional(),
  /** What a database must hold before this can be restored into it, by name. Absent: it restores alone. */
  needs: z.array(z.string()).optional(),
  /** Head of the audit chain when this was written: cutting the chain's tail shows. */
  auditHead: z.object({ number: z.number().int(), hash: z.string() }).nullable(),

  /** Ed25519 over the canonical JSON (RFC 8785) of everything but `signature`. Keys and signature in base64. */
  signature: z.object({ algorithm: z.literal('Ed25519'), publicKey: z.string(), value: z.string() }),
})
export type Manifest = z.infer<typeof Manifest>
