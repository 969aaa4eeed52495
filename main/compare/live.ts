import { rm } from 'node:fs/promises'
import { Writable } from 'node:stream'
import { AppError, type ArchiveContents } from '../../preload/contract/index.ts'
import type { FingerprintKey, ReadSession } from '../engines/archive-reader.ts'
import type { Access, DumpReport, Engine, JobContext } from '../engines/engine.ts'

/** What a live database is to be compared with: the settings and format of a backup, under that backup's key. */
export interface LiveRequest {
  readonly database: string
  readonly format: string
  readonly content: 'full' | 'schema' | 'data'
  readonly settings: Readonly<Record<string, string>>
  readonly key: FingerprintKey | null
}

/**
 * Reads a live database as a backup would be read: it is dumped into the archive reader, and nothing is stored.
 * The result can be compared with the contents of a backup.
 */
export async function readLive(
  engine: Engine<unknown>,
  access: Access<unknown>,
  request: LiveRequest,
  context: JobContext,
): Promise<{ readonly contents: ArchiveContents; readonly report: DumpReport }> {
  const reader = engine.reader(request.format)
  if (reader === null) {
    throw new AppError(
      'UNSUPPORTED',
      `The format ${request.format} cannot be read by this version, so nothing can be compared.`,
      {
        remedy: 'Update Holdfast.',
      },
    )
  }
  const session = reader.input === 'stream' ? reader.start({ key: request.key, signal: context.signal }) : null
  const sink = session === null ? discard() : sinkInto(session)
  const report = await engine.dump(
    access,
    {
      database: request.database,
      format: request.format,
      content: request.content,
      include: [],
      exclude: [],
      comparableWith: request.settings,
    },
    sink,
    // What reads the live database is a dump; the job is at a comparison.
    { ...context, report: (update) => context.report({ ...update, stage: 'compare' }) },
  )
  try {
    if (session !== null) return { contents: await session.end(), report }
    if (reader.input !== 'file' || report.file === null) {
      throw new AppError('INTERNAL', `The engine ${engine.label} left no file for its reader.`)
    }
    return { contents: await reader.read(report.file, { key: request.key, signal: context.signal }), report }
  } finally {
    if (report.file !== null) await rm(report.file, { force: true })
  }
}

function sinkInto(session: ReadSession): Writable {
  return new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      Promise.resolve()
        .then(() => session.write(chunk))
        .then(() => done(), done)
    },
  })
}

function discard(): Writable {
  return new Writable({
    write(_chunk, _encoding, done) {
      done()
    },
  })
}
