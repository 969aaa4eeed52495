import { open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { JobContext } from '../engine.ts'
import { codeOf, toSqliteError } from './errors.ts'
import type { OpenDatabase } from './open-database.ts'

/** How a copy was made: page by page, or written anew by `VACUUM INTO`. */
export type CopyMethod = 'backup' | 'vacuum-into'

const lockPatienceMs = 10_000
const lockPauseMs = 50
/** About 4 MiB of the usual pages: a few milliseconds, after which the job can be cancelled. */
const pagesPerStep = 1024
const maxRestarts = 3

function isBusy(error: unknown): boolean {
  const code = codeOf(error) ?? ''
  return code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED') || code.startsWith('SQLITE_PROTOCOL')
}

/**
 * Begins a read transaction on `database` and takes its snapshot. While a writer holds the lock this waits, without blocking
 * the thread, and can be cancelled; `DATABASE_BUSY` after `patienceMs`.
 */
export async function beginSnapshot(
  database: OpenDatabase,
  path: string,
  signal: AbortSignal,
  patienceMs = lockPatienceMs,
): Promise<void> {
  const giveUpAt = performance.now() + patienceMs
  for (;;) {
    signal.throwIfAborted()
    try {
      database.exec('BEGIN')
      // BEGIN alone takes no lock and no snapshot.
      database.prepare('SELECT count(*) FROM sqlite_schema').get()
      return
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK')
      if (!isBusy(error) || performance.now() > giveUpAt) throw toSqliteError(error, path)
      await sleep(lockPauseMs)
    }
  }
}

class Restarted extends Error {}

/**
 * Copies the snapshot that `database` holds (`beginSnapshot`) to a new file `target`, mode 0600.
 *
 * The usual trouble of the backup API is that a write by another connection makes it begin again, for ever on a busy
 * database; copying all pages in one step avoids that, but keeps the thread for as long as it takes. Here the connection
 * holds its read transaction meanwhile: in WAL mode it goes on seeing its snapshot while others write, in rollback mode
 * writers wait for it as they would for the single step. So the copy is made in small steps between which the job can be
 * cancelled, and none restarts (measured with a writer every 5 ms: no restart in either mode). Should a restart be seen
 * nevertheless, `VACUUM INTO` is the way out: one statement, one snapshot.
 */
export async function copySnapshot(
  database: OpenDatabase,
  path: string,
  target: string,
  context: Pick<JobContext, 'signal' | 'report' | 'log'>,
): Promise<CopyMethod> {
  await (await open(target, 'wx', 0o600)).close()
  const pageBytes = Number(database.pragma('page_size', { simple: true }))
  let leastRemaining = Number.POSITIVE_INFINITY
  let restarts = 0
  try {
    await database.backup(target, {
      progress: ({ totalPages, remainingPages }) => {
        context.signal.throwIfAborted()
        if (remainingPages > leastRemaining) restarts += 1
        if (restarts > maxRestarts) throw new Restarted('the backup began again')
        leastRemaining = remainingPages
        context.report({
          stage: 'prepare',
          item: 'copy',
          bytes: (totalPages - remainingPages) * pageBytes,
          totalBytes: totalPages * pageBytes,
        })
        return pagesPerStep
      },
    })
    return 'backup'
  } catch (error) {
    if (!(error instanceof Restarted) && !isBusy(error)) throw toSqliteError(error, path)
    context.log('warning', 'The copy page by page was disturbed by writers; the database is copied with VACUUM INTO.')
  } finally {
    if (database.inTransaction) database.exec('COMMIT')
  }
  context.signal.throwIfAborted()
  await vacuumInto(database, path, target)
  return 'vacuum-into'
}

/** Writes the database anew into `target`, which is there and gets emptied first. */
export async function vacuumInto(database: OpenDatabase, path: string, target: string): Promise<void> {
  try {
    // An existing target has to be empty.
    await (await open(target, 'w', 0o600)).close()
    database.prepare('VACUUM INTO ?').run(target)
  } catch (error) {
    throw toSqliteError(error, path)
  }
}
