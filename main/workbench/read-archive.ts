import { rm } from 'node:fs/promises'
import { AppError, type ArchiveContents } from '../../preload/contract/index.ts'
import type { ReadOptions } from '../engines/archive-reader.ts'
import type { JobContext } from '../engines/engine.ts'
import { asTaken } from './as-taken.ts'
import type { OpenBackup } from './open-backup.ts'
import type { Workbench } from './workbench.ts'

/**
 * Reads a stored backup with its engine's archive reader, from the first byte to the end rule, with no server and no tool.
 * A reader that needs a file gets a 0600 plain copy in the run folder, which is removed afterwards.
 */
export async function readArchive(
  bench: Workbench,
  open: OpenBackup,
  options: ReadOptions,
  context: JobContext,
): Promise<ArchiveContents>
/** The same, but ends early, with null, when `hasEnough` answers true: then nothing is said about the rest. */
export async function readArchive(
  bench: Workbench,
  open: OpenBackup,
  options: ReadOptions,
  context: JobContext,
  hasEnough: () => boolean,
): Promise<ArchiveContents | null>
export async function readArchive(
  bench: Workbench,
  open: OpenBackup,
  options: ReadOptions,
  context: JobContext,
  hasEnough: () => boolean = () => false,
): Promise<ArchiveContents | null> {
  const reader = bench.engine(open.manifest.engine).reader(open.manifest.format)
  if (reader === null) {
    throw new AppError('UNSUPPORTED', `This version cannot read the format ${open.manifest.format}.`, {
      remedy: 'Update Holdfast.',
    })
  }
  const report = (bytes: number) => context.report({ stage: 'decode', bytes, totalBytes: open.manifest.plaintextBytes })
  if (reader.input === 'file') {
    const path = await open.artifact.toFile(context, report)
    try {
      return asTaken(await reader.read(path, options), open.manifest)
    } finally {
      await rm(path, { force: true })
    }
  }
  const session = reader.start(options)
  let bytes = 0
  for await (const chunk of open.artifact.open(context.signal)) {
    await session.write(chunk)
    if (hasEnough()) return null
    bytes += chunk.byteLength
    report(bytes)
  }
  return asTaken(await session.end(), open.manifest)
}
