import { statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../../../preload/contract/index.ts'
import type { JobContext } from '../engine.ts'
import { findCompanions, isAnotherFile, readHead, syncFile } from './database-file.ts'
import { codeOf, toSqliteError } from './errors.ts'
import { openDatabase, withOpenableName, type OpenDatabase, type RegularFile } from './open-database.ts'

const lockPatienceMs = 10_000
const lockPauseMs = 50
/** About 4 MiB of the usual pages: a few milliseconds, after which the job can be cancelled. */
const pagesPerStep = 1024

/**
 * Gives `database`, a copy that nobody else has open, the form in which it can be written into `target`: its journal mode, because
 * programs that have the target open rely on it, and, where the target is in WAL mode, its page size, which the backup API
 * can't change there.
 */
export async function fitTo(database: OpenDatabase, target: RegularFile): Promise<void> {
  const head = await readHead(target.path)
  try {
    // As WAL it would turn the target into a WAL database; a target that is one stays one either way.
    database.pragma('journal_mode = DELETE')
    // A file without any page looks to better-sqlite3 as if the target was locked.
    if (Number(database.pragma('page_count', { simple: true })) === 0) database.pragma('user_version = 0')
    const pageBytes = Number(database.pragma('page_size', { simple: true }))
    if (!head.isWal || head.pageBytes === null || head.pageBytes === pageBytes) return
    database.pragma(`page_size = ${head.pageBytes}`)
    database.exec('VACUUM')
  } catch (error) {
    throw toSqliteError(error, target.path)
  }
}

/**
 * Writes all of `database` into the existing file `target` through SQLite's backup API: one transaction there, under SQLite's own
 * locks. The file stays the same one, and programs that have it open see the new rows. Cancelled, failed or killed at any
 * moment, the old content is what the next one who opens the file gets. `DATABASE_BUSY` where the lock can't be had in ten seconds,
 * `TARGET_CHANGED` where another file stands there; then nothing was written.
 */
export async function overwriteDatabase(
  database: OpenDatabase,
  target: RegularFile,
  context: Pick<JobContext, 'signal' | 'report' | 'assertOwner'>,
  patienceMs = lockPatienceMs,
): Promise<void> {
  const giveUpAt = performance.now() + patienceMs
  try {
    while (!(await attempt(database, target, context))) {
      if (performance.now() > giveUpAt) throw isLocked(target.path)
      await sleep(lockPauseMs)
      context.signal.throwIfAborted()
    }
    await makeDurable(target.path)
  } catch (error) {
    context.signal.throwIfAborted()
    throw codeOf(error) === 'SQLITE_FULL' ? isFull(target.path, error) : toSqliteError(error, target.path)
  }
}

function isFull(path: string, cause: unknown): AppError {
  return new AppError('NO_SPACE', 'There is no space left where the database is.', {
    detail: path,
    remedy:
      'Nothing was changed: SQLite took back what was written. Free space on that drive and run the restore again.',
    cause,
  })
}

function isLocked(path: string): AppError {
  return new AppError('DATABASE_BUSY', 'Another program holds a lock on the database.', {
    detail: path,
    remedy: 'Nothing was changed. Wait for the program that uses it, or close it, and run the restore again.',
    retryable: true,
  })
}

/**
 * Answers false where the target was locked. The first step takes the write lock (in rollback mode the exclusive one) and copies
 * nothing; a lock that can't be had comes back from better-sqlite3 as a backup that is done and has no pages
 * (lib/methods/backup.js). Once it is held no later step needs another one.
 */
async function attempt(
  database: OpenDatabase,
  target: RegularFile,
  context: Pick<JobContext, 'signal' | 'report' | 'assertOwner'>,
): Promise<boolean> {
  const pageBytes = Number(database.pragma('page_size', { simple: true }))
  let hasLock = false
  const { totalPages } = await withOpenableName(target.path, (name) =>
    database.backup(name, {
      progress: ({ totalPages: total, remainingPages }) => {
        if (!hasLock) assertSameFile(target)
        hasLock = true
        context.signal.throwIfAborted()
        // It throws where another process took this job over: the transaction is then rolled back.
        context.assertOwner()
        const bytes = (total - remainingPages) * pageBytes
        context.report({ stage: 'restore', bytes, totalBytes: total * pageBytes })
        return pagesPerStep
      },
    }),
  )
  return totalPages > 0
}

/** Looks without opening it: closing a descriptor would drop the lock. */
function assertSameFile({ path, identity }: RegularFile): void {
  const found = statSync(path, { bigint: true })
  const now = `${found.dev}:${found.ino}`
  if (now !== identity) throw isAnotherFile(path, identity, now)
}

/** In WAL mode what was committed is in the WAL, not yet on the drive: it is synced, and as much as possible moved into the file. */
async function makeDurable(path: string): Promise<void> {
  for (const file of [path, ...(await findCompanions(path)).filter((name) => name.endsWith('-wal'))]) {
    await syncFile(file)
  }
  const database = await openDatabase(path, { readonly: false, timeoutMs: 0 })
  try {
    database.pragma('wal_checkpoint(PASSIVE)')
  } finally {
    database.close()
  }
}
