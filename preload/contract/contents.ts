import { z } from 'zod'
import { StructureDetails } from './structure.ts'
import { ObjectKind } from './words.ts'

/** 128 bits as 32 lower-case hexadecimal digits. */
const hex128 = z.string().regex(/^[0-9a-f]{32}$/)
/** 256 bits as 64 lower-case hexadecimal digits. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/**
 * What the rows of one object are, as numbers. `sum` depends neither on the order of rows nor of columns;
 * `ordered` is SHA-256 of the rows in stream order, a quick "equal" (null where rows of several parts were added up).
 */
export const Fingerprint = z.object({
  rows: z.number().int().nonnegative(),
  /** Per column name the sum of its fields' hashes modulo 2^128. */
  columns: z.record(z.string(), hex128),
  /** Sum of the rows' hashes modulo 2^128. */
  sum: hex128,
  ordered: Sha256.nullable(),
})
export type Fingerprint = z.infer<typeof Fingerprint>

/** One object that a reader found in an archive. */
export const ArchiveObject = z.object({
  kind: ObjectKind,
  /** null where the engine has no schemas, and for objects outside of one. */
  schema: z.string().nullable(),
  /** The true name, unquoted. */
  name: z.string(),
  /** `schema.table`, quoted as the server would quote it: unique together with `kind` and `subtype`. */
  displayName: z.string(),
  /** The engine's own word for it (`TABLE`, `FK CONSTRAINT`, `index`); tells apart what is `other`. */
  subtype: z.string(),
  /** Names in the order of the stream; empty where there are none. */
  columns: z.array(z.string()),
  /** null where there are no rows to count or they were not counted. */
  rows: z.number().int().nonnegative().nullable(),
  fingerprint: Fingerprint.nullable(),
  /** SHA-256 of the normalised definition; null where there is none. */
  definition: Sha256.nullable(),
  owner: z.string().nullable(),
  /** SHA-256 of the privileges; null where none are stated. */
  privileges: Sha256.nullable(),
  /** `displayName` of the partition root to which a leaf's rows are added; leaves are information. */
  partOf: z.string().nullable(),
  /** The value of a sequence, the populated flag of a materialised view; null elsewhere. */
  value: z.string().nullable(),
  /** Absent in old manifests, in very large ones, and where the reader knows digests only. */
  structure: StructureDetails.optional(),
})
export type ArchiveObject = z.infer<typeof ArchiveObject>

/** What a reader found from the first byte of an archive to its last. */
export const ArchiveContents = z.object({
  /** For example `postgresql-custom 1.14`, `sqlite`. */
  format: z.string(),
  objects: z.array(ArchiveObject),
  /** What content comparison cannot see, for example generated columns. */
  notCovered: z.array(z.object({ object: z.string(), why: z.string() })),
})
export type ArchiveContents = z.infer<typeof ArchiveContents>
