import { z } from 'zod'
import { RolesAction } from '../../../preload/contract/roles.ts'
import { Content, RestoreMode, RowsMode, Workers } from '../../../preload/contract/words.ts'
import {
  defaultKeepHours,
  type BackupDetail,
  type Connection,
  type MethodInput,
} from '../../../preload/contract/index.ts'
import { contentOf, isPart, missingPart, whyNotInMode } from './parts-choice.ts'

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
  /** Names and patterns; an empty list: some are to be chosen. */
  include: z.array(z.string()).readonly().optional(),
  exclude: z.array(z.string()).readonly().optional(),
  rows: RowsMode.optional(),
  disconnect: z.boolean().optional(),
  keepHours: z.number().optional(),
  /** Workers that restore at once. */
  jobs: z.number().optional(),
  roles: RolesAction.optional(),
  rolePasswords: z.boolean().optional(),
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

/** Whether it has to be said what becomes of rows that are there. */
export function asksForRows(choice: TargetChoice, { content }: TargetSubject['backup']): boolean {
  return choice.mode === 'in-place' && contentOf(choice, content) === 'data'
}

/** Whether several workers can restore in this mode, where the format allows it: in place there is one transaction. */
export function canShareWork({ mode }: Pick<TargetChoice, 'mode'>): boolean {
  return mode !== 'in-place'
}

/** The choice with another mode: what is restored stays, what was said of the target means something else. */
export function withMode(
  { to, content, include, exclude, jobs, roles, rolePasswords }: TargetChoice,
  mode: RestoreMode,
) {
  return TargetChoice.parse({ mode, to, content, include, exclude, jobs, roles, rolePasswords })
}

/** The choice with another connection. */
export function withConnection(choice: TargetChoice, to: string): TargetChoice {
  return { ...withMode(choice, choice.mode), to }
}

/** What is still to be chosen before a plan can be made, as a sentence; null: nothing. */
export function missingChoice(
  choice: TargetChoice,
  { backup, connection }: TargetSubject,
  safety: Safety,
): string | null {
  const { mode, over, name, file, rows, keepHours, jobs } = choice
  if (connection === null) return 'Choose the connection to restore into.'
  const part = missingPart(choice) ?? whyNotInMode(mode, choice, backup)
  if (part !== null) return part
  if (mode !== 'new') {
    if (over === undefined) return 'Choose which database is restored over.'
    const hasOther = isFileEngine(backup.engine) ? file !== undefined : (name ?? '').trim() !== ''
    if (over === 'other' && !hasOther) {
      return isFileEngine(backup.engine) ? 'Choose the file.' : 'Type the name of the other database.'
    }
  }
  if (asksForRows(choice, backup) && rows === undefined) return 'Choose what becomes of the rows that are there.'
  if (canShareWork(choice) && jobs !== undefined && !Workers.safeParse(jobs).success) {
    return 'The number of workers is a whole number from 1 to 64.'
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
  const { mode, disconnect, keepHours, jobs, roles, rolePasswords, include = [], exclude = [] } = choice
  const isExisting = mode !== 'new'
  // Of a backup that holds one of them alone, all of it is "full", where it goes into a database of its own.
  const content = mode === 'in-place' || isPart(choice, backup) ? contentOf(choice, backup.content) : 'full'
  return {
    backup: backup.id,
    to: connection?.id ?? null,
    database: databaseOf(choice, backup),
    mode,
    content,
    rows: asksForRows(choice, backup) ? (choice.rows ?? null) : null,
    disconnectOthers: isExisting && disconnect === true,
    noSafetyBackup: isExisting && !safety.isTaken ? safety.reason.trim() : null,
    ...(include.length === 0 ? {} : { include: [...include] }),
    ...(exclude.length === 0 ? {} : { exclude: [...exclude] }),
    ...(mode === 'swap' && keepHours !== undefined ? { keepHours } : {}),
    ...(canShareWork(choice) && jobs !== undefined && jobs > 1 ? { jobs } : {}),
    ...(roles === undefined || roles === 'create' ? {} : { roles }),
    ...(roles === 'alter' && rolePasswords === true ? { rolePasswords } : {}),
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
    include: request.include,
    exclude: request.exclude,
    rows: request.rows,
    roles: request.roles,
    'role-passwords': request.rolePasswords,
    'disconnect-others': request.disconnectOthers === true,
    'no-safety-backup': !isSafe,
    reason: isSafe ? null : request.noSafetyBackup,
    keep: request.keepHours,
    jobs: request.jobs,
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
