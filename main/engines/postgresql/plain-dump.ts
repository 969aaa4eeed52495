import { Writable } from 'node:stream'
import { AppError } from '../../../preload/contract/index.ts'
import type { DumpRequest } from '../engine.ts'
import { plainFormat } from './format.ts'

const trailer = '-- PostgreSQL database dump complete\n'
/** What `pg_dump` writes behind its last line: an empty comment, and in newer versions a command with a token of 63 characters. */
const tailBytes = 512

/** Whether a script is written. What is to be compared with a script is dumped as an archive: `plainReader` reads both. Pure. */
export function isScript({ format, comparableWith }: Pick<DumpRequest, 'format' | 'comparableWith'>): boolean {
  return format === plainFormat.id && comparableWith === null
}

/** Hands a script on to `sink`, and keeps its end: a script without its last line is no dump, whatever the tool's exit code was. */
export class ScriptEnd extends Writable {
  readonly #sink: Writable
  #tail = Buffer.alloc(0)

  constructor(sink: Writable) {
    super({ highWaterMark: sink.writableHighWaterMark })
    this.#sink = sink
    sink.on('error', (error: Error) => this.destroy(error))
    sink.on('close', () => this.destroy())
  }

  /** `DUMP_INCOMPLETE` where the last line is missing. */
  assertComplete(tool: string): void {
    if (this.#tail.includes(trailer)) return
    throw new AppError(
      'DUMP_INCOMPLETE',
      `${tool} ended without an error, but the last line of its script is missing.`,
      {
        detail: `The last line of a whole script is "${trailer.trim()}".`,
        remedy: 'Take the backup again; `holdfast doctor` says which program this is.',
      },
    )
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const end = chunk.subarray(-tailBytes)
    this.#tail = Buffer.from(end.length < tailBytes ? Buffer.concat([this.#tail, end]).subarray(-tailBytes) : end)
    this.#sink.write(chunk, (error) => done(error))
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#sink.end(() => done())
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.#sink.writableFinished) this.#sink.destroy(error ?? undefined)
    done(error)
  }
}
