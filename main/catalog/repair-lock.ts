import { openSync, closeSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../../preload/contract/index.ts'

const patienceMs = 30_000

/** Keeps two processes from replacing a damaged catalog at once. Answers how to let go. `LOCKED` after 30 s. */
export function holdRepairLock(home: string): () => void {
  const path = join(home, 'catalog.repair.lock')
  const deadline = performance.now() + patienceMs
  for (;;) {
    if (tryLock(path)) return () => rmSync(path, { force: true })
    if (isHolderGone(path)) rmSync(path, { force: true })
    else if (performance.now() > deadline) {
      throw new AppError('LOCKED', 'Another process is replacing the damaged catalog.', {
        remedy: 'Try again in a moment.',
        retryable: true,
      })
    } else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
  }
}

function tryLock(path: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o600)
    writeSync(file, String(process.pid))
    closeSync(file)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

function isHolderGone(path: string): boolean {
  try {
    const pid = Number.parseInt(readFileSync(path, 'utf8'), 10)
    // Just made and not yet written: not gone.
    if (!Number.isSafeInteger(pid)) return false
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'ENOENT')
  }
}
