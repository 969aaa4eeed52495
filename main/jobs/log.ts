import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { LogLine } from '../../preload/contract/index.ts'

const maxBytes = 5 * 1024 * 1024
const headBytes = 1024 * 1024
const tailBytes = 2 * 1024 * 1024
const maxMessageLength = 16 * 1024
const flushAfterMs = 50

/** Where the log of a job lies. */
export function logPathOf(home: string, jobId: string): string {
  return join(home, 'logs', `${jobId}.jsonl`)
}

export interface JobLogOptions {
  readonly home: string
  readonly jobId: string
  readonly redact: (text: string) => string
  /** Beyond this size the middle goes, with a line that says so: the first and the newest lines stay. */
  readonly maxBytes?: number
}

/** The log of one job: JSON lines, mode 0600, bounded, redacted here and nowhere else. */
export class JobLog {
  readonly #path: string
  readonly #redact: (text: string) => string
  readonly #maxBytes: number
  #sizeBytes: number | null = null
  #lost = 0
  #waiting: string[] = []
  #timer: NodeJS.Timeout | null = null

  constructor(options: JobLogOptions) {
    this.#path = logPathOf(options.home, options.jobId)
    this.#redact = options.redact
    this.#maxBytes = options.maxBytes ?? maxBytes
  }

  /** Answers the line as it was written, redacted. */
  write(line: LogLine): LogLine {
    const redacted = { ...line, message: clip(this.#redact(line.message)) }
    this.#waiting.push(`${JSON.stringify(redacted)}\n`)
    this.#timer ??= setTimeout(() => this.flush(), flushAfterMs).unref()
    return redacted
  }

  /** Everything so far is in the file afterwards. A full disk loses lines, never the job: what was lost is said later. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const lines = this.#waiting
    if (lines.length === 0) return
    this.#waiting = []
    try {
      const lost = this.#lost === 0 ? '' : `${JSON.stringify(note(`${this.#lost} lines could not be written here.`))}\n`
      this.#append(lost + lines.join(''))
      this.#lost = 0
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error
      this.#lost += lines.length
    }
  }

  #append(text: string): void {
    if (this.#sizeBytes === null) {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 })
      this.#sizeBytes = existsSync(this.#path) ? statSync(this.#path).size : 0
    }
    appendFileSync(this.#path, text, { mode: 0o600 })
    this.#sizeBytes += Buffer.byteLength(text)
    if (this.#sizeBytes > this.#maxBytes) this.#shorten()
  }

  #shorten(): void {
    const scale = this.#maxBytes / maxBytes
    const lines = readFileSync(this.#path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
    const head = takeWhileBelow(lines, headBytes * scale)
    const tail = takeWhileBelow(lines.slice(head.length).toReversed(), tailBytes * scale).toReversed()
    const left = lines.length - head.length - tail.length
    const text = [
      ...head,
      JSON.stringify(note(`${left} lines were left out here: the log has a bound.`)),
      ...tail,
      '',
    ].join('\n')
    writeFileSync(`${this.#path}.short`, text, { mode: 0o600 })
    renameSync(`${this.#path}.short`, this.#path)
    this.#sizeBytes = Buffer.byteLength(text)
  }
}

/** The lines of a job's log, oldest first; empty where it has none. A line that was cut by a crash is left out. */
export function readJobLog(home: string, jobId: string): readonly LogLine[] {
  const path = logPathOf(home, jobId)
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8').split('\n').flatMap(parseLine)
}

function note(message: string): LogLine {
  return { at: new Date().toISOString(), level: 'warning', stage: null, message }
}

/** The line as it was written; none where it was cut. */
export function parseLine(text: string): LogLine[] {
  try {
    return [LogLine.parse(JSON.parse(text))]
  } catch (error) {
    if (error instanceof Error) return []
    throw error
  }
}

function takeWhileBelow(lines: readonly string[], limitBytes: number): readonly string[] {
  let bytes = 0
  const end = lines.findIndex((line) => {
    bytes += Buffer.byteLength(line) + 1
    return bytes > limitBytes
  })
  return end < 0 ? lines : lines.slice(0, end)
}

function clip(message: string): string {
  return message.length <= maxMessageLength
    ? message
    : `${message.slice(0, maxMessageLength)} … (${message.length - maxMessageLength} more characters)`
}
