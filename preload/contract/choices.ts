import { z } from 'zod'
import { Content, EngineId, type Compression } from './words.ts'

/** What can be chosen for a backup, with what there is to say about each choice: for the command line and the window alike. */

/** A format in which an engine writes its backups. */
export const FormatChoice = z.object({
  id: z.string(),
  label: z.string(),
  /** Extension of the plaintext, without dot. */
  extension: z.string(),
  /** One sentence or two. */
  holds: z.string(),
  /** The stock tool that opens it. */
  opensWith: z.string(),
  canTakeOutSingleTables: z.boolean(),
  /** How large it usually is, before and after compression, in words. */
  usualSize: z.string(),
  /** One of each engine is. */
  isRecommended: z.boolean(),
  /** What it can hold. */
  contents: z.array(Content),
  /** It can hold chosen objects alone. */
  holdsSelections: z.boolean(),
  /** Several workers can write it at once: `jobs` of a backup. */
  dumpsInParallel: z.boolean(),
  /** Several workers can restore it at once: `jobs` of a restore. Absent: they can not. */
  restoresInParallel: z.boolean().optional(),
})
export type FormatChoice = z.infer<typeof FormatChoice>

/** An engine and the formats it writes, the recommended one first. */
export const EngineChoices = z.object({
  id: EngineId,
  label: z.string(),
  formats: z.array(FormatChoice),
  /** Its servers have roles, whose passwords a backup may keep. */
  hasRoles: z.boolean(),
})
export type EngineChoices = z.infer<typeof EngineChoices>

/** What a backup may hold, and what for. */
export interface ContentChoice {
  readonly id: Content
  readonly label: string
  readonly holds: string
  readonly isFor: string
  readonly isRecommended: boolean
}

/** Every content, in the order in which they are offered. */
export const contentChoices: readonly ContentChoice[] = [
  {
    id: 'full',
    label: 'Structure and rows',
    holds: 'Every definition and every row.',
    isFor: 'Getting everything back. It restores alone into a new database.',
    isRecommended: true,
  },
  {
    id: 'schema',
    label: 'Structure alone',
    holds: 'Every definition, and not one row: tables restored from it are empty.',
    isFor: 'Comparing structures, and making an empty database of the same kind. It does not protect any rows.',
    isRecommended: false,
  },
  {
    id: 'data',
    label: 'Rows alone',
    holds: 'Every row and the values of sequences, and no definitions.',
    isFor: 'Filling tables that are there already. It cannot be restored alone: the tables have to exist.',
    isRecommended: false,
  },
]

/** A compression by name instead of by algorithm and level. */
export interface CompressionPreset {
  readonly id: 'fast' | 'normal' | 'small'
  readonly compression: Compression
  readonly meaning: string
}

/** Every preset. `normal` is what a backup gets where nothing is chosen. */
export const compressionPresets: readonly CompressionPreset[] = [
  { id: 'fast', compression: { name: 'zstd', level: 1 }, meaning: 'zstd 1: the least work, a little larger' },
  { id: 'normal', compression: { name: 'zstd', level: 3 }, meaning: 'zstd 3: the usual balance' },
  { id: 'small', compression: { name: 'zstd', level: 9 }, meaning: 'zstd 9: smaller, at about a quarter of the speed' },
]
