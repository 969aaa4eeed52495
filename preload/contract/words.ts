import { z } from 'zod'

/** Words with one meaning everywhere: window, command line, catalog, manifest, documentation. */

export const Environment = z.enum(['production', 'staging', 'development'])
export type Environment = z.infer<typeof Environment>

export const EngineId = z.enum(['sqlite', 'postgresql'])
export type EngineId = z.infer<typeof EngineId>

export const DestinationType = z.enum(['local'])
export type DestinationType = z.infer<typeof DestinationType>

/** What a backup holds: structure and rows, structure alone, or rows alone. */
export const Content = z.enum(['full', 'schema', 'data'])
export type Content = z.infer<typeof Content>

export const BackupState = z.enum(['complete', 'failed'])
export type BackupState = z.infer<typeof BackupState>

export const BackupKind = z.enum(['backup', 'safety', 'checkpoint', 'import', 'salvage'])
export type BackupKind = z.infer<typeof BackupKind>

export const Scope = z.enum(['full', 'partial'])
export type Scope = z.infer<typeof Scope>

export const Trigger = z.enum(['manual', 'schedule', 'safety', 'demo', 'import'])
export type Trigger = z.infer<typeof Trigger>

/** `altered` and `missing` are the result of a check; `waiting` is a copy still to be made. */
export const CopyState = z.enum(['stored', 'failed', 'waiting', 'missing', 'altered'])
export type CopyState = z.infer<typeof CopyState>

/** `checked`: intact to the last byte. `proven`: restored and compared. The two are never mixed. */
export const Badge = z.enum(['none', 'checked', 'proven', 'failed'])
export type Badge = z.infer<typeof Badge>

export const ValidationLevel = z.enum(['presence', 'checksum', 'decode', 'structure', 'restore'])
export type ValidationLevel = z.infer<typeof ValidationLevel>

/** The levels in ascending order: a level includes all before it. */
export const validationLevels = ValidationLevel.options

/** Outcome of a check or step. What did not run is never green. */
export const Outcome = z.enum(['passed', 'failed', 'could-not-run'])
export type Outcome = z.infer<typeof Outcome>

export const ObjectKind = z.enum([
  'table',
  'view',
  'materialized-view',
  'sequence',
  'large-objects',
  'function',
  'file',
  'other',
])
export type ObjectKind = z.infer<typeof ObjectKind>

/** Who signed a backup: this installation, one whose kit was imported here, a trusted colleague, or nobody known. */
export const Origin = z.enum(['own', 'adopted', 'colleague', 'unknown'])
export type Origin = z.infer<typeof Origin>

export const CompressionName = z.enum(['zstd', 'gzip', 'none'])
export type CompressionName = z.infer<typeof CompressionName>

/** `level` is null for `none`. zstd 1 to 19, gzip 1 to 9. */
export const Compression = z.object({ name: CompressionName, level: z.number().int().nullable() })
export type Compression = z.infer<typeof Compression>

/** A finding that does not make the operation a failure. `code` is stable, `message` is for people. */
export const Warning = z.object({ code: z.string(), message: z.string() })
export type Warning = z.infer<typeof Warning>

/** A finding that stops an operation before anything is touched. */
export const Blocker = z.object({ code: z.string(), message: z.string(), remedy: z.string() })
export type Blocker = z.infer<typeof Blocker>

/** One check of a validation or of the comparison after a restore. */
export const Check = z.object({ name: z.string(), outcome: Outcome, detail: z.string().nullable() })
export type Check = z.infer<typeof Check>

/** Something that a level or a comparison cannot see. It stands beside the result and does not fail it. */
export const NotCovered = z.object({ object: z.string(), why: z.string() })
export type NotCovered = z.infer<typeof NotCovered>

/** How many workers of a tool share the work. */
export const Workers = z.number().int().min(1).max(64)
export type Workers = z.infer<typeof Workers>

export const RestoreMode = z.enum(['new', 'swap', 'in-place'])
export type RestoreMode = z.infer<typeof RestoreMode>

/** How rows alone are restored into tables that are there: instead of their rows, or beside them. Chosen, never defaulted. */
export const RowsMode = z.enum(['replace', 'append'])
export type RowsMode = z.infer<typeof RowsMode>
