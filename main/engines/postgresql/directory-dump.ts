import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { DatabaseFacts, DumpRequest, JobContext } from '../engine.ts'
import { directoryFormat } from './format.ts'
import { assertRunSpace } from './run-space.ts'
import { packFolder } from './tar-folder.ts'

/** How often the folder is looked at while workers write into it. */
const lookMs = 2_000
const spaceRemedy = 'Free space there, set HOLDFAST_HOME to a larger disk, or use --format custom, which needs none.'

/** Whether it is written by several workers, into a folder. What is to be compared is read as it flows by instead. */
export function isDirectory({ format, comparableWith }: Pick<DumpRequest, 'format' | 'comparableWith'>): boolean {
  return format === directoryFormat.id && comparableWith === null
}

/** Where `pg_dump` writes; it makes the folder itself, mode 0700. */
export function dumpFolder(context: Pick<JobContext, 'runDirectory'>): string {
  return join(context.runDirectory, 'directory-dump')
}

/** The flags with which `pg_dump` shares its work. Pure. */
export function workerFlags(folder: string, jobs: number): readonly string[] {
  return [`--jobs=${String(jobs)}`, `--file=${folder}`]
}

/**
 * Lets `run` write the folder, and then streams it into `sink` as one tar, file by file; each is removed once it was read. `NO_SPACE`
 * before anything is written, where the database is larger than what is free. Nothing of the folder is left, however it ends.
 */
export async function dumpThroughFolder(
  folder: string,
  facts: Pick<DatabaseFacts, 'sizeBytes'>,
  sink: Writable,
  context: JobContext,
  run: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
  // Rows as text may take more than they do in the database; indexes take nothing.
  await assertRunSpace(facts.sizeBytes ?? 0, context.runDirectory, spaceRemedy)
  const watch = watchFolder(folder, context)
  try {
    const said = await run()
    await watch.stop()
    await pipeline(Readable.from(packFolder(folder)), sink, { signal: context.signal })
    return said
  } catch (error) {
    context.signal.throwIfAborted()
    throw error
  } finally {
    await watch.stop()
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Reports how large the folder is, and says that the job moves while it grows: nothing flows yet. */
function watchFolder(folder: string, context: JobContext): { readonly stop: () => Promise<void> } {
  let bytes = 0
  let looking: Promise<void> = Promise.resolve()
  const look = async () => {
    const now = await sizeOf(folder)
    if (now <= bytes) return
    bytes = now
    context.moved()
    context.report({ stage: 'dump', bytes })
  }
  const timer = setInterval(() => {
    looking = looking.then(look).catch((error: unknown) => {
      context.log('debug', `The folder was not looked at: ${error instanceof Error ? error.message : String(error)}`)
    })
  }, lookMs)
  return {
    stop: async () => {
      clearInterval(timer)
      await looking
    },
  }
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0
  for (const name of await readdir(folder)) bytes += (await stat(join(folder, name))).size
  return bytes
}
