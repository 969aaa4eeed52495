import { statfs } from 'node:fs/promises'
import type { Blocker, RestorePlan, Warning } from '../../preload/contract/index.ts'
import type { OpenBackup } from '../workbench/open-backup.ts'
import type { OpenConnection } from '../workbench/workbench.ts'

/** A restore, as far as it matters for its workers. */
export interface SharedWork {
  readonly mode: RestorePlan['mode']
  /** How many restore at once. */
  readonly jobs: number
}

/** Why several workers can't share this restore. Nothing is asked or touched. */
export function workerBlockers(
  { engine }: Pick<OpenConnection, 'engine'>,
  format: string,
  { mode, jobs }: SharedWork,
): readonly Blocker[] {
  if (jobs === 1) return []
  const remedy = 'Leave out --jobs.'
  const { formats, importFormats = [], hasParallelRestore } = engine.capabilities
  if (!hasParallelRestore) {
    const message = `${engine.label} databases are restored in one piece: there is no work that ${String(jobs)} workers could share.`
    return [{ code: 'USAGE', message, remedy }]
  }
  const kind = [...formats, ...importFormats].find(({ id }) => id === format)
  if (kind?.restoresInParallel !== true) {
    const message = `A backup in the format ${format} is read from its beginning to its end: ${String(jobs)} workers can't share that.`
    return [{ code: 'USAGE', message, remedy }]
  }
  if (mode === 'in-place') {
    const message =
      'In place everything happens in one transaction, and a transaction has one session: workers can not share it.'
    return [{ code: 'USAGE', message, remedy: 'Leave out --jobs, or use --mode swap or new.' }]
  }
  return []
}

/** Left free on the disk of the run folder. */
const spareBytes = 64 * 1024 * 1024

/**
 * The same for a plan, and what workers need: they read at many places at once, so that the backup lies in the run folder as a plain
 * file meanwhile. `NO_SPACE` where it doesn't fit there.
 */
export async function planWorkers(
  { manifest }: Pick<OpenBackup, 'manifest'>,
  on: Pick<OpenConnection, 'engine'>,
  work: SharedWork,
  runDirectory: string,
): Promise<{ readonly blockers: readonly Blocker[]; readonly warnings: readonly Warning[] }> {
  const blockers = workerBlockers(on, manifest.format, work)
  if (work.jobs === 1 || blockers.length > 0) return { blockers, warnings: [] }
  const { plaintextBytes } = manifest
  const { bavail, bsize } = await statfs(runDirectory)
  const freeBytes = bavail * bsize
  if (plaintextBytes + spareBytes > freeBytes) {
    const message = `${String(work.jobs)} workers need a plain copy of the backup, of ${String(plaintextBytes)} bytes; ${String(freeBytes)} bytes are free where the files of a run lie.`
    const remedy = 'Free space there, set HOLDFAST_HOME to a larger disk, or leave out --jobs.'
    return { blockers: [{ code: 'NO_SPACE', message, remedy }], warnings: [] }
  }
  const message = `The backup is decoded to the disk of this machine first, ${String(plaintextBytes)} bytes without encryption, in a folder that only this account reads. It is removed afterwards.`
  return { blockers, warnings: [{ code: 'PLAIN_COPY', message }] }
}
