import { z } from 'zod'
import { Timestamp } from './ids.ts'
import { PathInput } from './paths.ts'
import { CompressionName, EngineId } from './words.ts'

/** How grave a finding is: with an error the file is neither taken in nor restored. */
export const FindingSeverity = z.enum(['error', 'warning', 'info'])

/** Something in a script that may do harm, or cannot be restored. */
export const ScriptFinding = z.object({
  code: z.string(),
  severity: FindingSeverity,
  /** One sentence, with the line in the file where there is one. */
  message: z.string(),
  /** What to do about it. */
  fix: z.string(),
})
export type ScriptFinding = z.infer<typeof ScriptFinding>

/** What `holdfast lint` says about a file. */
export const LintReport = z.object({
  /** Id of the recognised format: `plain` for SQL scripts. */
  format: z.string(),
  findings: z.array(ScriptFinding),
})
export type LintReport = z.infer<typeof LintReport>

/** Where loose dumps are looked for. */
export const FindDumpsRequest = z.object({
  folder: PathInput,
  /** Folders below that one. */
  depth: z.number().int().min(0).max(64).default(8),
  /** Entries of folders that are looked at before the search ends. */
  entries: z.number().int().min(1).max(1_000_000).default(20_000),
})

/** A dump, or a database file, that was found by its content. */
export const FoundDump = z.object({
  path: z.string(),
  /** null where it can't be imported as it is. */
  engine: EngineId.nullable(),
  format: z.string().nullable(),
  /** What it is, in words. */
  what: z.string(),
  isEncrypted: z.boolean(),
  /** What makes a file of it that can be imported; null where it can be as it is. */
  remedy: z.string().nullable(),
  compression: CompressionName,
  sizeBytes: z.number().int().nonnegative(),
  modifiedAt: Timestamp,
  /** A manifest lies beside it: it is an artifact of Holdfast. */
  hasManifest: z.boolean(),
})
export type FoundDump = z.infer<typeof FoundDump>

/** What a search for loose dumps found. Nothing is changed by it. */
export const FoundDumps = z.object({
  /** The absolute path of the first folder. */
  folder: z.string(),
  dumps: z.array(FoundDump),
  /** What wasn't looked at, and why; the first ones of `skippedCount`. */
  skipped: z.array(z.object({ path: z.string(), why: z.string() })),
  skippedCount: z.number().int().nonnegative(),
  entries: z.number().int().nonnegative(),
  /** false: the search ended at a limit. */
  isComplete: z.boolean(),
})
export type FoundDumps = z.infer<typeof FoundDumps>
