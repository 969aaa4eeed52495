import { open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { AppError } from '../../preload/contract/index.ts'

/**
 * Runs `work` while no other process, and no other caller here, holds the lock file `path`. The lock is the operating system's
 * (through SQLite), so it ends with its holder however that ends. `LOCKED` after `timeoutMs`.
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>, timeoutMs = 10_000): Promise<T> {
  await (await open(path, 'a', 0o600)).close()
  const database = new Database(path, { timeout: 0 })
  try {
    await lock(database, path, timeoutMs)
    return await work()
  } finally {
    database.close()
  }
}

async function lock(database: Database.Database, path: string, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    try {
      database.exec('BEGIN EXCLUSIVE')
      return
    } catch (error) {
      const isBusy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')
      if (!isBusy) throw error
      if (performance.now() > deadline) {
        throw new AppError('LOCKED', 'Another Holdfast process is changing the stored secrets.', {
          detail: path,
          remedy: 'Try again in a moment.',
          retryable: true,
          cause: error,
        })
      }
    }
    await sleep(10 + Math.random() * 20)
  }
}
