import { statfs } from 'node:fs/promises'
import { AppError } from '../../../preload/contract/index.ts'
import type { DatabaseFacts, Manifest } from '../engine.ts'

/** Rows, their indexes built anew with files for sorting, and the log of the server. */
const spaceFactor = 2.5

/** What a restore test may take on the disk of its server, in bytes. An estimate from the size of the source. Pure. */
export function neededBytes(manifest: Pick<Manifest, 'plaintextBytes'>, facts: DatabaseFacts | null): number {
  return Math.ceil(spaceFactor * Math.max(facts?.sizeBytes ?? 0, manifest.plaintextBytes))
}

/** `NO_SPACE` where the disk of this folder has less than that free. */
export async function assertRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const freeBytes = bavail * bsize
  if (freeBytes >= bytes) return
  throw new AppError(
    'NO_SPACE',
    `A restore test of this backup may need about ${inMegabytes(bytes)} MB; ${inMegabytes(freeBytes)} MB are free at ${folder}.`,
    { remedy: 'Make room there, or name another server with --scratch <connection>.' },
  )
}

function inMegabytes(bytes: number): string {
  return Math.ceil(bytes / 1_000_000).toLocaleString('en')
}
