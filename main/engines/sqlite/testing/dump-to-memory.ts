import { readdir } from 'node:fs/promises'
import type { DumpReport, DumpRequest } from '../../engine.ts'
import { startTestJob, type TestJob } from '../../testing/job-context.ts'
import { collectingSink } from '../../testing/sinks.ts'
import { dumpSqlite } from '../dump.ts'

/** A request for all of `database`. */
export function requestFor(database: string): DumpRequest {
  return { database, format: 'sqlite', content: 'full', include: [], exclude: [], comparableWith: null }
}

/** What a dump gave. */
export interface MemoryDump {
  readonly bytes: Uint8Array
  readonly report: DumpReport
  readonly isEnded: boolean
}

/** Dumps `path`; on failure checks that nothing lies in the run folder and throws on. */
export async function dumpToMemory(path: string, job?: TestJob): Promise<MemoryDump> {
  const own = job ?? (await startTestJob())
  const { sink, bytes, isEnded } = collectingSink()
  try {
    const report = await dumpSqlite(requestFor(path), sink, own.context)
    return { bytes: bytes(), report, isEnded: isEnded() }
  } catch (error) {
    const left = await readdir(own.context.runDirectory)
    if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`, { cause: error })
    throw error
  } finally {
    if (job === undefined) await own.dispose()
  }
}
