import { statfs } from 'node:fs/promises'
import { basename, dirname, isAbsolute } from 'node:path'
import type { Blocker, Warning } from '../../../preload/contract/index.ts'
import type { DatabaseFacts, EnginePlan, Manifest, PlanRequest } from '../engine.ts'
import { readCurrent, type CurrentContents } from './current-objects.ts'
import {
  exchangeBlockers,
  exchangeWarnings,
  existingFile,
  fileBlockers,
  inPlaceBytes,
  openElsewhere,
  type ExistingFile,
} from './existing-file.ts'
import { attempt } from './swap-survey.ts'

/** Room for the bytes themselves, and for what SQLite needs beside them. */
const spaceFactor = 1.1

/** The plan, and how the file stores its texts; null where that can't be told. */
export interface PlanOverExisting extends EnginePlan {
  readonly encoding: string | null
}

/** Reasons to stop, and what will be done, before a file that exists is restored over (`swap` or `in-place`). Touches nothing. */
export async function planOverExisting(
  request: PlanRequest,
  manifest: Manifest,
  facts: DatabaseFacts | null,
  signal: AbortSignal,
): Promise<PlanOverExisting> {
  const found = await attempt(() => existingFile(request.database))
  if ('blocker' in found) {
    const isMissing = found.error.code === 'DATABASE_MISSING'
    const remedy = isMissing ? 'Restore it with --mode new.' : found.blocker.remedy
    return planWithout(request, { ...found.blocker, remedy }, !isMissing)
  }
  if (!isAbsolute(request.database)) {
    const remedy = 'Give the whole path of the database file.'
    return planWithout(
      request,
      { code: 'USAGE', message: `${request.database} is not an absolute path.`, remedy },
      true,
    )
  }
  return planOver(request, found.value, manifest, facts, signal)
}

async function planOver(
  request: PlanRequest,
  file: ExistingFile,
  manifest: Manifest,
  facts: DatabaseFacts | null,
  signal: AbortSignal,
): Promise<PlanOverExisting> {
  const isSwap = request.mode === 'swap'
  const blockers = await fileBlockers(file)
  if (isSwap) blockers.push(...(await exchangeBlockers(file, request.disconnectOthers)))
  const { current, warnings } = await contentsOf(file, blockers, signal)
  const isEncodingOther = current !== null && (facts?.encoding ?? current.encoding) !== current.encoding
  warnings.push(...(isSwap ? await exchangeWarnings(file) : await openElsewhere(file, isEncodingOther)))
  const wantedBytes = isSwap ? manifest.plaintextBytes : await inPlaceBytes(file, manifest.plaintextBytes)
  const space = await spaceIn(file.folder, Math.ceil(wantedBytes * spaceFactor))
  if (space.freeBytes < space.neededBytes) {
    const message = `${space.neededBytes} bytes are needed in ${file.folder}, ${space.freeBytes} are free.`
    blockers.push({ code: 'NO_SPACE', message, remedy: 'Free space there.' })
  }
  return {
    target: {
      server: dirname(request.database),
      database: request.database,
      systemIdentifier: null,
      exists: true,
      databaseIdentity: file.identity,
      structure: current?.structure ?? null,
    },
    blockers,
    warnings,
    commands: [
      ...linkNote(request, file),
      ...(isSwap ? swapCommands(file, manifest) : inPlaceCommands(file, manifest)),
    ],
    current: current?.objects ?? null,
    space,
    ...(current === null ? {} : { described: current.described }),
    replacesWhole: true,
    encoding: current?.encoding ?? null,
  }
}

/** What the file holds. One that is damaged may be restored over; one that is locked or half-written may not. */
async function contentsOf(
  file: ExistingFile,
  blockers: Blocker[],
  signal: AbortSignal,
): Promise<{ readonly current: CurrentContents | null; readonly warnings: Warning[] }> {
  if (!file.head.isSqlite) return { current: null, warnings: [] }
  const read = await attempt(() => readCurrent(file.path, signal))
  if ('value' in read) return { current: read.value, warnings: [] }
  if (read.error.code !== 'FORMAT_INVALID') {
    blockers.push(read.blocker)
    return { current: null, warnings: [] }
  }
  const message = `The database is damaged: what it holds cannot be told, and a backup of it may fail. ${read.blocker.message}`
  return { current: null, warnings: [{ code: 'TARGET_DAMAGED', message }] }
}

async function spaceIn(folder: string, neededBytes: number): Promise<{ neededBytes: number; freeBytes: number }> {
  const { bavail, bsize } = await statfs(folder)
  return { neededBytes, freeBytes: bavail * bsize }
}

function linkNote({ database }: PlanRequest, file: ExistingFile): string[] {
  return database === file.path ? [] : [`${database} leads to ${file.path}: that file is the target`]
}

function swapCommands(file: ExistingFile, { plaintextBytes }: Manifest): string[] {
  const name = basename(file.path)
  return [
    `write ${plaintextBytes} bytes to a hidden file in ${file.folder}`,
    'PRAGMA integrity_check',
    `give it mode and owner of ${name} (not access control lists or extended attributes)`,
    `make sure that no program has ${name} open; PRAGMA wal_checkpoint(TRUNCATE) where a WAL is left`,
    `give ${name} a second, hidden name ending with .retired, under which it is kept (hard link)`,
    `rename the restored file to ${name}, in one step`,
  ]
}

function inPlaceCommands(file: ExistingFile, { plaintextBytes }: Manifest): string[] {
  const steps = [`write ${plaintextBytes} bytes to a temporary file of the run`, 'PRAGMA integrity_check']
  if (file.head.isWal && file.head.pageBytes !== null) {
    steps.push(`where the page size of the backup is another one: PRAGMA page_size = ${file.head.pageBytes}; VACUUM`)
  }
  const lock = file.head.isWal ? 'the write lock' : 'an exclusive lock'
  return [
    ...steps,
    `SQLite's backup API: replace the whole content of ${file.path} in one transaction, under ${lock}; the file stays the same one and keeps its journal mode`,
    'PRAGMA wal_checkpoint(PASSIVE)',
  ]
}

function planWithout(request: PlanRequest, blocker: Blocker, exists: boolean): PlanOverExisting {
  const { database } = request
  return {
    target: {
      server: dirname(database),
      database,
      systemIdentifier: null,
      exists,
      databaseIdentity: null,
      structure: null,
    },
    blockers: [blocker],
    warnings: [],
    commands: [],
    current: null,
    space: null,
    encoding: null,
  }
}
