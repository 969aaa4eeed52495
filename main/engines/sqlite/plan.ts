import { access, constants, lstat, stat, statfs } from 'node:fs/promises'
import { basename, dirname, isAbsolute } from 'node:path'
import type { Blocker } from '../../../preload/contract/index.ts'
import type { DatabaseFacts, EnginePlan, Manifest, PlanRequest } from '../engine.ts'
import { structureDigest } from './current-objects.ts'
import { codeOf, toSqliteError } from './errors.ts'
import { planOverExisting, type PlanOverExisting } from './plan-existing.ts'
import { planParts, type PlannedParts } from './plan-parts.ts'
import {
  inPlacePartsBlockers,
  inPlacePartsCommands,
  inPlacePartsWarnings,
  type Meeting,
} from './plan-in-place-parts.ts'
import { replacesWhole } from './restore-parts.ts'
import { readSchema } from './schema.ts'
import { withSource } from './source-database.ts'
import { findCompanions } from './database-file.ts'

/** Room for the file itself, and for what SQLite needs beside it while it is checked. */
const spaceFactor = 1.1

/** Reasons to stop, and what will be done, before a file is restored to `request.database`. Touches nothing. */
export async function planSqliteRestore(
  request: PlanRequest,
  manifest: Manifest,
  facts: DatabaseFacts | null,
  signal: AbortSignal,
): Promise<EnginePlan> {
  signal.throwIfAborted()
  const parts = planParts(request, manifest)
  if (request.mode === 'new') {
    const plan = await planNewFile(request, manifest)
    const isRowsAlone = manifest.content === 'data' || request.content === 'data'
    const refused = isRowsAlone && !request.isDrill ? [rowsAlone] : []
    return withParts(plan, parts, request, [...refused, ...parts.blockers])
  }
  const plan = await planOverExisting(request, manifest, facts, signal)
  if (request.mode === 'swap') {
    const message = 'Parts of a backup do not take the place of a whole database.'
    const whole = blocker('UNSUPPORTED', message, 'Restore them with --mode in-place, or into a new file.')
    return withParts(plan, parts, request, [...(parts.objects === null ? [] : [whole]), ...parts.blockers])
  }
  if (replacesWhole(request, manifest) || !plan.target.exists) return withParts(plan, parts, request, parts.blockers)
  return planInPlaceParts(plan, parts, { request, manifest, facts })
}

const rowsAlone = blocker(
  'UNSUPPORTED',
  'Rows alone need a database that has their tables.',
  'Restore them with --mode in-place --content data.',
)

function withParts(
  plan: EnginePlan,
  { objects, warnings }: PlannedParts,
  { content }: PlanRequest,
  blockers: readonly Blocker[],
): EnginePlan {
  return {
    ...plan,
    blockers: [...plan.blockers, ...blockers],
    warnings: [...plan.warnings, ...warnings],
    ...(objects === null
      ? {}
      : {
          selected: objects.map(({ displayName }) => displayName),
          commands: [
            `take the ${content === 'schema' ? 'structure' : 'chosen objects'} out of the backup as SQL`,
            ...plan.commands,
          ],
        }),
  }
}

/** Other objects of the target stay: so does the file, and what is in it. */
function planInPlaceParts(
  plan: PlanOverExisting,
  parts: PlannedParts,
  request: Pick<Meeting, 'request' | 'manifest' | 'facts'>,
): EnginePlan {
  const chosen = parts.objects ?? request.request.archive.filter(({ kind }) => kind !== 'sequence')
  const { replacesWhole: _all, encoding, ...rest } = plan
  const meeting = { ...request, chosen, described: plan.described, encoding }
  return {
    ...rest,
    blockers: [...plan.blockers, ...parts.blockers, ...inPlacePartsBlockers(meeting)],
    warnings: [...plan.warnings, ...parts.warnings, ...inPlacePartsWarnings(meeting)],
    commands: inPlacePartsCommands(meeting),
    selected: chosen.map(({ displayName }) => displayName),
  }
}

async function planNewFile(request: PlanRequest, manifest: Manifest): Promise<EnginePlan> {
  const path = request.database
  const folder = dirname(path)
  const existing = await existingTarget(path)
  const blockers = existing.exists
    ? [
        blocker(
          'TARGET_EXISTS',
          `There is something at ${path} already.`,
          'Choose another path; nothing is overwritten.',
        ),
      ]
    : await folderBlockers(path, folder, manifest.plaintextBytes)
  return {
    target: { server: folder, database: path, systemIdentifier: null, ...existing },
    blockers,
    warnings: [],
    commands: [
      `write ${manifest.plaintextBytes} bytes to a hidden file in ${folder}`,
      'PRAGMA integrity_check',
      `rename the file to ${basename(path)}, never over another one`,
    ],
    current: null,
    space: null,
  }
}

function blocker(code: string, message: string, remedy: string): Blocker {
  return { code, message, remedy }
}

async function existingTarget(
  path: string,
): Promise<Pick<EnginePlan['target'], 'exists' | 'databaseIdentity' | 'structure'>> {
  try {
    const found = await lstat(path, { bigint: true })
    const structure = found.isFile() ? await structureOf(path) : null
    return { exists: true, databaseIdentity: `${found.dev}:${found.ino}`, structure }
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') {
      return { exists: false, databaseIdentity: null, structure: null }
    }
    throw toSqliteError(error, path)
  }
}

/** SHA-256 over all definitions of the file; null where it is no database that can be read. */
async function structureOf(path: string): Promise<string | null> {
  try {
    return await withSource(path, ({ database }) => Promise.resolve(structureDigest(readSchema(database))))
  } catch (error) {
    // Whatever stands there blocks the restore by being there; what is wrong with it does not matter.
    if (error instanceof Error) return null
    throw error
  }
}

async function folderBlockers(path: string, folder: string, neededBytes: number): Promise<Blocker[]> {
  if (!isAbsolute(path)) {
    return [blocker('USAGE', `${path} is not an absolute path.`, 'Give the whole path of the new database file.')]
  }
  if (Buffer.byteLength(basename(path)) > 255 - '-journal'.length) {
    const message = 'The name of the file is too long: SQLite appends up to 8 characters to it.'
    return [blocker('USAGE', message, 'Choose a shorter name.')]
  }
  const found: Blocker[] = []
  try {
    if (!(await stat(folder)).isDirectory()) {
      return [blocker('DATABASE_MISSING', `${folder} is not a folder.`, 'Choose a path in an existing folder.')]
    }
    await access(folder, constants.W_OK | constants.X_OK)
  } catch (error) {
    const isMissing = codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR'
    if (isMissing)
      return [blocker('DATABASE_MISSING', `The folder ${folder} is missing.`, 'Create it, or choose another path.')]
    return [
      blocker(
        'PERMISSION_DENIED',
        `The folder ${folder} cannot be written to.`,
        'Give this user write permission on it.',
      ),
    ]
  }
  for (const companion of await findCompanions(path)) {
    const message = `${companion} is left over from another database. SQLite would apply it to the restored file and damage it.`
    found.push(
      blocker('STALE_COMPANION', message, 'Choose another name, or move this file away if no program needs it.'),
    )
  }
  const { bavail, bsize } = await statfs(folder)
  const wantedBytes = Math.ceil(neededBytes * spaceFactor)
  if (bavail * bsize < wantedBytes) {
    const message = `${wantedBytes} bytes are needed in ${folder}, ${bavail * bsize} are free.`
    found.push(blocker('NO_SPACE', message, 'Free space there, or choose a path on another drive.'))
  }
  return found
}
