import { z } from 'zod'
import { Content, RestoreMode, RowsMode } from '../../../preload/contract/words.ts'
import {
  defaultKeepHours,
  type BackupDetail,
  type Connection,
  type MethodInput,
} from '../../../preload/contract/index.ts'

/**
 * Where and how a backup is to be restored, as far as it was chosen. It stands in the address, so that reload and Back keep it. What
 * is dangerous is never in it: neither a typed name nor the reason for leaving the safety backup out.
 */
export const TargetChoice = z.object({
  mode: RestoreMode.default('new'),
  /** Id of the connection; left out: the one that the backup came from. */
  to: z.string().optional(),
  /** With an existing target: which one. Never defaulted. */
  over: z.enum(['own', 'other']).optional(),
  /** A name on the server; left out with `new`: the proposed one. */
  name: z.string().optional(),
  /** Where databases are files: one that was picked. */
  file: z.object({ picked: z.string(), path: z.string() }).optional(),
  content: Content.optional(),
  rows: RowsMode.optional(),
  disconnect: z.boolean().optional(),
  keepHours: z.number().optional(),
})
export type TargetChoice = z.infer<typeof TargetChoice>

/** What a choice is made about. */
export interface TargetSubject {
  readonly backup: Pick<BackupDetail, 'id' | 'engine' | 'content' | 'format'>
  /** null while it was not chosen. */
  readonly connection: Pick<Connection, 'id' | 'name' | 'engine'> | null
}

/** Whether a safety backup is taken first; without one the reason is needed. */
export interface Safety {
  readonly isTaken: boolean
  readonly reason: string
}

/** Whether the databases of an engine are files that are picked. */
export function isFileEngine(engine: Connection['engine']): boolean {
  return engine === 'sqlite'
}

/** Whether parts can be restored in place: structure or rows alone. */
export function canChooseContent({ mode }: Pick<TargetChoice, 'mode'>, backup: TargetSubject['backup']): boolean {
  return mode === 'in-place' && !isFileEngine(backup.engine) && backup.content === 'full'
}

/** What is still to be chosen before a plan can be made, as a sentence; null: nothing. */
export function missingChoice(
  choice: TargetChoice,
  { backup, connection }: TargetSubject,
  safety: Safety,
): string | null {
  const { mode, over, name, file, content, rows, keepHours } = choice
  if (connection === null) return 'Choose the connection to restore into.'
  if (mode !== 'new') {
    if (over === undefined) return 'Choose which database is restored over.'
    const hasOther = isFileEngine(backup.engine) ? file !== undefined : (name ?? '').trim() !== ''
    if (over === 'other' && !hasOther) {
      return isFileEngine(backup.engine) ? 'Choose the file.' : 'Type the name of the other database.'
    }
  }
  if (canChooseContent(choice, backup)) {
    if (content === undefined) return 'Choose what is written: everything, the structure, or the rows.'
    if (content === 'data' && rows === undefined) return 'Choose what becomes of the rows that are there.'
  }
  if (mode === 'swap' && !isKeepTime(keepHours ?? defaultKeepHours))
    return 'The old database is kept from 1 to 8,784 hours.'
  if (mode !== 'new' && !safety.isTaken && safety.reason.trim() === '') {
    return 'Write why no safety backup is taken.'
  }
  return null
}

/** What is asked of the application. Only for a choice with nothing missing. */
export function planRequest(
  choice: TargetChoice,
  { backup, connection }: TargetSubject,
  safety: Safety,
): MethodInput<'restores.plan'> {
  const { mode, disconnect, keepHours } = choice
  const isExisting = mode !== 'new'
  const hasContent = canChooseContent(choice, backup)
  const content = hasContent ? (choice.content ?? 'full') : 'full'
  return {
    backup: backup.id,
    to: connection?.id ?? null,
    database: databaseOf(choice, backup),
    mode,
    content,
    rows: content === 'data' ? (choice.rows ?? null) : null,
    disconnectOthers: isExisting && disconnect === true,
    noSafetyBackup: isExisting && !safety.isTaken ? safety.reason.trim() : null,
    ...(mode === 'swap' && keepHours !== undefined ? { keepHours } : {}),
  }
}

/** The same choice on the command line: words and options of `restore plan`. */
export function planCommandOptions(choice: TargetChoice, subject: TargetSubject, safety: Safety) {
  const request = planRequest(choice, subject, safety)
  const { database } = request
  const isSafe = request.noSafetyBackup === null
  return {
    to: subject.connection?.name,
    database: typeof database === 'object' && database !== null ? choice.file?.path : database,
    mode: request.mode,
    content: request.content === 'full' ? null : request.content,
    rows: request.rows,
    'disconnect-others': request.disconnectOthers === true,
    'no-safety-backup': !isSafe,
    reason: isSafe ? null : request.noSafetyBackup,
    keep: request.keepHours,
  }
}

function databaseOf({ mode, over, name, file }: TargetChoice, { engine }: TargetSubject['backup']) {
  if (mode !== 'new' && over !== 'other') return null
  if (isFileEngine(engine)) return file === undefined ? null : { picked: file.picked }
  const typed = (name ?? '').trim()
  return typed === '' ? null : typed
}

function isKeepTime(hours: number): boolean {
  return Number.isFinite(hours) && hours >= 1 && hours <= 24 * 366
}
