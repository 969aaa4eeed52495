import { open, readdir, realpath, rm, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../../../preload/contract/index.ts'
import type { ManagedTarget, ManagedTargets } from '../engine.ts'
import { companions, findCompanions, identityOf, syncFile } from './database-file.ts'
import { codeOf, toSqliteError } from './errors.ts'
import { openDatabase } from './open-database.ts'
import type { SqliteProfile } from './profile.ts'
import { renameCreateOnly, syncFolder } from './rename-create-only.ts'
import { installationMark, isNameOf, parseTargetName, targetPath } from './target-names.ts'

/**
 * Databases that Holdfast makes. The marker of a file is its generated name (run and installation); together with device and
 * inode it is checked before anything is renamed or removed.
 */
export const sqliteTargets: ManagedTargets<SqliteProfile> = {
  async create(_access, request, context) {
    const path = targetPath(
      await behindLinks(request.stem),
      request.role === 'scratch' ? context.runDirectory : null,
      request.runId,
      request.installation,
    )
    try {
      const handle = await open(path, 'wx', 0o600)
      try {
        const { dev, ino } = await handle.stat({ bigint: true })
        return { database: path, identity: `${dev}:${ino}`, role: request.role, runId: request.runId }
      } finally {
        await handle.close()
      }
    } catch (error) {
      throw targetError(error, path)
    }
  },

  accessTo(access, target) {
    return { ...access, profile: { ...access.profile, path: target.database } }
  },

  async drop(_access, target, context) {
    const isThere = await assertOurs(target)
    context.assertOwner()
    try {
      if (isThere) await unlink(target.database)
      await removeCompanions(target.database)
      await syncFolder(dirname(target.database))
    } catch (error) {
      throw targetError(error, target.database)
    }
    context.log('info', `Removed ${target.database}`)
  },

  async publish(_access, target, finalName, context) {
    if (!(await assertOurs(target))) throw changed(target, 'it is gone')
    try {
      await assertNoCompanions(finalName)
      await removeCompanions(target.database)
      await syncFile(target.database)
      context.assertOwner()
      await renameCreateOnly(target.database, finalName)
      await syncFolder(dirname(finalName))
      if (dirname(target.database) !== dirname(finalName)) await syncFolder(dirname(target.database))
    } catch (error) {
      throw targetError(error, finalName)
    }
  },

  async list(access, installation) {
    const { path } = access.profile
    const folders = new Set([dirname(path), dirname(await behindLinks(path))])
    const mark = installationMark(installation)
    const found: ManagedTarget[] = []
    for (const folder of folders) {
      for (const name of await namesIn(folder)) {
        const parsed = parseTargetName(name)
        if (parsed === null || parsed.installationMark !== mark) continue
        const database = join(folder, name)
        const identity = await identityOf(database)
        const isKnown = found.some((target) => target.identity === identity && target.role === parsed.role)
        if (identity === null || isKnown) continue
        found.push({ database, identity, role: parsed.role, runId: parsed.runId })
      }
    }
    return found
  },

  /**
   * There is no server: a connection ends with the process that has it. What a process that was killed left half-written is undone
   * here, as by any program that opens the database next.
   */
  async endSessions(access) {
    const path = await behindLinks(access.profile.path)
    if ((await findCompanions(path)).length > 0) await letSqliteRecover(path)
    return 0
  },
}

/** Where the file lies that a name leads to: what is restored for it has to be on the same drive. The name itself where there is none. */
async function behindLinks(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return path
    throw toSqliteError(error, path)
  }
}

async function letSqliteRecover(path: string): Promise<void> {
  if ((await identityOf(path)) === null) return
  const database = await openDatabase(path, { readonly: false, timeoutMs: 0 })
  try {
    database.prepare('SELECT count(*) FROM sqlite_schema').get()
  } catch (error) {
    throw toSqliteError(error, path)
  } finally {
    database.close()
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).toSorted()
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return []
    throw toSqliteError(error, folder)
  }
}

function changed(target: ManagedTarget, what: string): AppError {
  return new AppError('TARGET_CHANGED', 'The file is not the one that this job made.', {
    detail: `${target.database}: ${what}`,
    remedy: 'It was left as it is. Look at the file and remove it by hand if it is not needed.',
  })
}

/** Checks name, role and identity. Answers whether the file is there; throws `TARGET_CHANGED` where another one is. */
export async function assertOurs(target: ManagedTarget): Promise<boolean> {
  if (!isNameOf(target)) throw changed(target, 'its name was not given by this job')
  const identity = await identityOf(target.database)
  if (identity === null) return false
  if (identity !== target.identity) throw changed(target, `its identity is ${identity} instead of ${target.identity}`)
  return true
}

/** Removes what SQLite left beside a file with a generated name; nobody else's file begins like that. */
async function removeCompanions(path: string): Promise<void> {
  for (const ending of companions) await rm(path + ending, { force: true })
}

/** A WAL or journal that lies beside the final name would be applied to the restored file and damage it. */
async function assertNoCompanions(finalPath: string): Promise<void> {
  const found = await findCompanions(finalPath)
  if (found.length === 0) return
  throw new AppError('TARGET_EXISTS', 'Files of another database lie beside the name of the new one.', {
    detail: found.join(', '),
    remedy: 'Choose another name, or move these files away if no program needs them.',
  })
}

function targetError(error: unknown, path: string): unknown {
  if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') {
    return new AppError('DATABASE_MISSING', 'The folder for the new database is missing.', {
      detail: path,
      remedy: 'Create the folder, or choose another path.',
      cause: error,
    })
  }
  return toSqliteError(error, path)
}
