import { z } from 'zod'
import {
  Content,
  DisplayName,
  type BackupEstimate,
  type EngineId,
  type MethodInput,
} from '../../../preload/contract/index.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { formatBytes, formatRange } from '../../lib/format.ts'

/** How hard it is compressed. The sizes are what databases usually become; the range is wide. */
export const presets = {
  fast: { level: 1, label: 'Fast', note: 'zstd 1: about as fast as the disk; usually 25 to 40 % of the size.' },
  normal: { level: 3, label: 'Normal', note: 'zstd 3: a little slower; usually 20 to 35 % of the size.' },
  small: { level: 19, label: 'Small', note: 'zstd 19: many times slower; usually 15 to 28 % of the size.' },
} as const
const PresetName = z.enum(['fast', 'normal', 'small'])
export type PresetName = z.infer<typeof PresetName>

/** What was answered so far. `to` null: all destinations. */
export const BackUpAnswers = z.object({
  /** null: the connection's own. */
  database: z.string().nullable(),
  content: Content,
  preset: PresetName,
  isEncryptionLeftOut: z.boolean(),
  name: z.string(),
  description: z.string(),
  to: z.array(z.string()).nullable(),
})
export type BackUpAnswers = z.infer<typeof BackUpAnswers>

/** What is done where nothing is answered. */
export const defaultAnswers: BackUpAnswers = {
  database: null,
  content: 'full',
  preset: 'normal',
  isEncryptionLeftOut: false,
  name: '',
  description: '',
  to: null,
}

/** The steps, in their order. */
export const backUpSteps = ['what', 'how', 'where', 'check'] as const
export type BackUpStep = (typeof backUpSteps)[number]

/** How the steps are called. */
export const backUpStepNames = ['What', 'How', 'Where', 'Check', 'Result'] as const

/** What each engine can leave out of a backup. */
export const contentsOf: Readonly<Record<EngineId, readonly Content[]>> = {
  postgresql: ['full', 'schema', 'data'],
  sqlite: ['full'],
}

/** What a backup of each kind holds. */
export const contentWords: Readonly<Record<Content, { readonly label: string; readonly note: string }>> = {
  full: { label: 'Structure and rows', note: 'Everything: it restores on its own.' },
  schema: { label: 'Structure alone', note: 'Tables, views, functions, without a single row.' },
  data: { label: 'Rows alone', note: 'Restores only into tables that are there already.' },
}

/** The request that these answers mean. */
export function requestOf(
  connection: string,
  answers: BackUpAnswers,
  destinationIds: readonly string[],
): MethodInput<'backups.start'> {
  const { database, content, preset, isEncryptionLeftOut, name, description } = answers
  return {
    connection,
    database,
    to: [...destinationIds],
    content,
    compression: { name: 'zstd', level: presets[preset].level },
    encrypt: isEncryptionLeftOut ? 'off' : 'auto',
    name: name === '' ? null : name,
    description: description.trim() === '' ? null : description.trim(),
  }
}

/** The command that takes the same backup. Destinations are named where not all are meant. */
export function backUpCommand(connectionName: string, answers: BackUpAnswers, to: readonly string[] | null): string {
  const { database, content, preset, isEncryptionLeftOut, name, description } = answers
  return cliCommand(['backup', connectionName], {
    database,
    to: to ?? [],
    content: content === 'full' ? null : content,
    compression: preset === 'normal' ? null : `zstd:${String(presets[preset].level)}`,
    'no-encrypt': isEncryptionLeftOut,
    name: name === '' ? null : name,
    description: description.trim() === '' ? null : description.trim(),
  })
}

/** What is wrong with the answers, in a sentence; null: nothing. */
export function problemOf({ name, description }: BackUpAnswers): string | null {
  if (name !== '' && !DisplayName.safeParse(name).success) return 'A name has no space at its ends.'
  return description.length > 2000 ? 'A description has at most 2,000 characters.' : null
}

/** What history says of this backup, in a sentence; null without history. */
export function estimateText({ artifactBytes, seconds }: BackupEstimate): string | null {
  const size = artifactBytes === null ? null : `about ${formatBytes(artifactBytes)}`
  const time = seconds === null ? null : formatRange(seconds)
  const parts = [size, time].filter((part) => part !== null)
  return parts.length === 0 ? null : `By the last ones: ${parts.join(', ')}.`
}
