import { z } from 'zod'
import {
  Compression,
  compressionPresets,
  Content,
  DisplayName,
  Workers,
  type BackupEstimate,
  type BackupRequest,
  type EngineChoices,
  type FormatChoice,
  type MethodInput,
} from '../../../preload/contract/index.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { formatBytes, formatRange } from '../../lib/format.ts'

/** How hard it is compressed: by name, or exactly. */
export const Packing = z.enum(['fast', 'normal', 'small', 'exact'])
export type Packing = z.infer<typeof Packing>

/** What was answered so far. `to` null: all destinations. */
export const BackUpAnswers = z.object({
  /** null: the connection's own. */
  database: z.string().nullable(),
  content: Content,
  /** Everything, only what is `chosen`, or all but that. */
  objects: z.enum(['all', 'only', 'without']),
  /** Names of objects, schemas, and patterns. */
  chosen: z.array(z.string()),
  /** Tables whose structure is taken and whose rows are not. */
  rowless: z.array(z.string()),
  /** null: the recommended one. */
  format: z.string().nullable(),
  jobs: Workers,
  packing: Packing,
  /** What `exact` means. */
  compression: Compression,
  isEncryptionLeftOut: z.boolean(),
  areRolePasswordsLeftOut: z.boolean(),
  name: z.string(),
  description: z.string(),
  to: z.array(z.string()).nullable(),
})
export type BackUpAnswers = z.infer<typeof BackUpAnswers>

/** What is done where nothing is answered. */
export const defaultAnswers: BackUpAnswers = {
  database: null,
  content: 'full',
  objects: 'all',
  chosen: [],
  rowless: [],
  format: null,
  jobs: 1,
  packing: 'normal',
  compression: { name: 'zstd', level: 6 },
  isEncryptionLeftOut: false,
  areRolePasswordsLeftOut: false,
  name: '',
  description: '',
  to: null,
}

/** Under which the answers for a connection are kept until its backup is done. */
export function draftKey(connectionId: string): string {
  return `back-up ${connectionId}`
}

/** The steps, in their order. */
export const backUpSteps = ['what', 'how', 'where', 'check'] as const
export type BackUpStep = (typeof backUpSteps)[number]

/** How the steps are called. */
export const backUpStepNames = ['What', 'How', 'Where', 'Check', 'Result'] as const

/** The objects that these answers name. Rows are left out of nothing that has none. */
export function partsOf({
  objects,
  chosen,
  rowless,
  content,
}: BackUpAnswers): Pick<BackupRequest, 'include' | 'exclude' | 'excludeRows'> {
  const excluded = objects === 'without' ? chosen : []
  return {
    include: objects === 'only' ? [...chosen] : [],
    exclude: [...excluded],
    excludeRows: content === 'schema' ? [] : rowless.filter((name) => !excluded.includes(name)),
  }
}

/** Why a format can't hold what was chosen, as a sentence; null: it can. */
export function misfitOf(format: FormatChoice, answers: BackUpAnswers): string | null {
  if (!format.contents.includes(answers.content)) return 'It holds structure and rows together, not one of them alone.'
  const { include, exclude, excludeRows } = partsOf(answers)
  const isPart = [...include, ...exclude, ...excludeRows].length > 0
  return isPart && !format.holdsSelections ? 'It holds the whole database, not chosen objects alone.' : null
}

/** The format that is used: the one that was chosen, or the recommended one; where it can't hold what was chosen, the first that can. */
export function formatFor({ formats }: EngineChoices, answers: BackUpAnswers): FormatChoice | undefined {
  const fitting = formats.filter((format) => misfitOf(format, answers) === null)
  return (
    fitting.find(({ id }) => id === answers.format) ?? fitting.find(({ isRecommended }) => isRecommended) ?? fitting[0]
  )
}

/** How it is compressed. */
export function compressionOf({ packing, compression }: BackUpAnswers): Compression {
  return compressionPresets.find(({ id }) => id === packing)?.compression ?? compression
}

/** `zstd 6`; `none` has no level. */
export function compressionText({ name, level }: Compression): string {
  return level === null ? name : `${name} ${String(level)}`
}

/** What is said to the application, and to the command line, where it isn't the engine's own choice. */
function choicesOf(engine: EngineChoices, answers: BackUpAnswers) {
  const format = formatFor(engine, answers)
  const { name, description } = answers
  return {
    format: format === undefined || format.isRecommended ? null : format.id,
    jobs: format?.dumpsInParallel === true ? answers.jobs : 1,
    isWithoutRolePasswords: engine.hasRoles && answers.areRolePasswordsLeftOut,
    name: name === '' ? null : name,
    description: description.trim() === '' ? null : description.trim(),
  }
}

/** The request that these answers mean. */
export function requestOf(
  connection: string,
  answers: BackUpAnswers,
  engine: EngineChoices,
  destinationIds: readonly string[],
): MethodInput<'backups.start'> {
  const { isWithoutRolePasswords, ...choices } = choicesOf(engine, answers)
  return {
    connection,
    database: answers.database,
    to: [...destinationIds],
    content: answers.content,
    ...partsOf(answers),
    ...choices,
    compression: compressionOf(answers),
    encrypt: answers.isEncryptionLeftOut ? 'off' : 'auto',
    rolePasswords: isWithoutRolePasswords ? false : null,
  }
}

/** The command that takes the same backup. Destinations are named where not all are meant. */
export function backUpCommand(
  connectionName: string,
  answers: BackUpAnswers,
  engine: EngineChoices,
  to: readonly string[] | null,
): string {
  const { format, jobs, isWithoutRolePasswords, name, description } = choicesOf(engine, answers)
  const { include, exclude, excludeRows } = partsOf(answers)
  const { packing, content } = answers
  return cliCommand(['backup', connectionName], {
    database: answers.database,
    to: to ?? [],
    format,
    jobs: jobs === 1 ? null : jobs,
    content: content === 'full' ? null : content,
    include,
    exclude,
    'exclude-rows': excludeRows,
    compression: packing === 'normal' ? null : packing === 'exact' ? compressionWord(answers.compression) : packing,
    'no-encrypt': answers.isEncryptionLeftOut,
    'no-role-passwords': isWithoutRolePasswords,
    name,
    description,
  })
}

function compressionWord({ name, level }: Compression): string {
  return level === null ? name : `${name}:${String(level)}`
}

/** What is still to be answered of what is backed up, in a sentence; null: nothing. */
export function whatProblemOf({ objects, chosen }: BackUpAnswers): string | null {
  if (objects === 'all' || chosen.length > 0) return null
  return objects === 'only' ? 'Choose at least one object.' : 'Choose what is left out, or take everything.'
}

/** What is wrong with how it is packed and called, in a sentence; null: nothing. */
export function howProblemOf({ name, description }: BackUpAnswers): string | null {
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
