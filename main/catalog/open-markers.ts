import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ulid } from 'ulid'

/**
 * One small file per process that has the catalog open. SQLite removes the write-ahead log when the last one closes it;
 * where a process died, the log is still there. So: a dead process's file, but no log, means that somebody removed the
 * log and with it the newest rows, which SQLite itself does not notice.
 */
export interface OpenMarker {
  /** The log was removed while its rows were needed. */
  readonly isLogMissing: boolean
  /** After the database was closed. */
  release(): void
}

/** Marks the catalog as open in this process. Called before the database is opened. */
export function markOpen(home: string, databasePath: string): OpenMarker {
  const folder = join(home, 'catalog-open')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const isLogMissing = existsSync(databasePath) && !existsSync(`${databasePath}-wal`) && deadMarkers(folder).length > 0
  const own = join(folder, `${process.pid}-${ulid()}`)
  writeFileSync(own, '', { mode: 0o600 })
  return {
    isLogMissing,
    release: () => {
      // Order matters: without a log all is in the file, and dead markers mean nothing any more.
      if (!existsSync(`${databasePath}-wal`)) for (const marker of deadMarkers(folder)) rmSync(marker, { force: true })
      rmSync(own, { force: true })
    },
  }
}

/** Once the database was opened with its log, what died before has been recovered. */
export function forgetDeadMarkers(home: string): void {
  for (const marker of deadMarkers(join(home, 'catalog-open'))) rmSync(marker, { force: true })
}

function deadMarkers(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => !isRunning(Number.parseInt(name, 10)))
    .map((name) => join(folder, name))
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
