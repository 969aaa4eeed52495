import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'

/** From the least to the most important. */
export const logLevels = ['debug', 'info', 'warning', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

/** One line of the log, before its time is known. Ids stand beside the message, so that lines can be found by them. */
export interface LogEntry {
  readonly level: LogLevel
  /** The part of Holdfast that speaks: `jobs`, `router`, `application`. */
  readonly component: string
  readonly message: string
  readonly job?: string | null
  readonly connection?: string | null
  readonly backup?: string | null
  readonly restore?: string | null
  readonly destination?: string | null
  /** What a job resulted in. */
  readonly result?: string | null
}

export interface AppLogOptions {
  readonly home: string
  /** Lines below this level are left out. */
  readonly level: LogLevel
  readonly redact: (text: string) => string
  /** Told once, in a sentence: from now on lines may be missing. */
  readonly onLost: (sentence: string) => void
  readonly maxBytes?: number
  readonly maxFiles?: number
}

const defaultMaxBytes = 5 * 1024 * 1024
const defaultMaxFiles = 5
const maxMessageLength = 16 * 1024
const rotatedName = /^holdfast-[\dTZ-]+\.jsonl$/

/** Where the newest lines are. Older ones stand beside it, as `holdfast-<time>.jsonl`. */
export function appLogPath(home: string): string {
  return join(home, 'logs', 'holdfast.jsonl')
}

/** The level that HOLDFAST_LOG_LEVEL names; null where there is no such level. Without it: `info`. */
export function logLevelOf(env: Readonly<Record<string, string | undefined>>): LogLevel | null {
  const wanted = env['HOLDFAST_LOG_LEVEL']?.trim().toLowerCase() ?? ''
  if (wanted === '') return 'info'
  return logLevels.find((level) => level === wanted || (wanted === 'warn' && level === 'warning')) ?? null
}

/**
 * The log of the application: JSON lines, mode 0600, redacted, in at most `maxFiles` files of about `maxBytes` each. Several
 * processes may write to it at once: every line is one write at the end of the file. What can't be written is lost, and said once.
 */
export class AppLog {
  readonly #options: AppLogOptions
  readonly #folder: string
  readonly #path: string
  #isLossTold = false

  constructor(options: AppLogOptions) {
    this.#options = options
    this.#folder = join(options.home, 'logs')
    this.#path = appLogPath(options.home)
  }

  /** Never throws for a disk that is full, or a folder that can't be written. */
  write(entry: LogEntry): void {
    const { level, redact, onLost } = this.#options
    if (logLevels.indexOf(entry.level) < logLevels.indexOf(level)) return
    const { component, message, level: ownLevel, ...ids } = entry
    const line = {
      at: new Date().toISOString(),
      level: ownLevel,
      component,
      message: redact(message).slice(0, maxMessageLength),
      ...Object.fromEntries(Object.entries(ids).filter(([, id]) => typeof id === 'string')),
      pid: process.pid,
    }
    try {
      this.#append(`${JSON.stringify(line)}\n`)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error
      if (this.#isLossTold) return
      this.#isLossTold = true
      onLost(
        `The log in ${this.#folder} cannot be written (${String(error.code)}). Everything else goes on without it.`,
      )
    }
  }

  #append(text: string): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    const flags = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0)
    const file = openSync(this.#path, flags, 0o600)
    let sizeBytes: number
    try {
      writeSync(file, text)
      sizeBytes = fstatSync(file).size
    } finally {
      closeSync(file)
    }
    if (sizeBytes > (this.#options.maxBytes ?? defaultMaxBytes)) this.#rotate()
  }

  /** By a name of its own time: two processes that do this at once make one small file more, and lose nothing. */
  #rotate(): void {
    const time = new Date().toISOString().replaceAll(/[:.]/g, '-')
    try {
      renameSync(this.#path, join(this.#folder, `holdfast-${time}-${process.pid}.jsonl`))
    } catch (error) {
      // Another process did it between the two.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    }
    const rotated = readdirSync(this.#folder)
      .filter((name) => rotatedName.test(name))
      .toSorted()
    const keep = (this.#options.maxFiles ?? defaultMaxFiles) - 1
    for (const name of rotated.slice(0, Math.max(0, rotated.length - keep)))
      rmSync(join(this.#folder, name), { force: true })
  }
}
