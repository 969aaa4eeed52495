import type { Writable } from 'node:stream'

/** Asks the person at the terminal. Every answer may be empty. A person who leaves with Ctrl-C is `CANCELLED`. */
export interface Prompts {
  /** What is typed is not shown. */
  secret(message: string): Promise<string>
  text(message: string): Promise<string>
}

/** Everything of the surrounding process that a command may touch. stdout is data, stderr is messages. */
export interface Io {
  readonly stdout: Writable
  readonly stderr: Writable
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether somebody can be asked: stdin and stderr are a terminal. */
  readonly canAsk: boolean
  readonly isErrorTerminal: boolean
  /** Width of the terminal behind stderr. */
  readonly columns: number
  readonly prompts: Prompts
}

/** What stands for the whole command line, whichever command it is. */
export interface Globals {
  readonly json: boolean
  readonly progress: 'json' | 'none' | null
  readonly noInput: boolean
  readonly quiet: boolean
  readonly verbose: boolean
}

/** What a command hands back to be printed. */
export interface Reply {
  /** `data` of the document that `--json` prints. */
  readonly data: unknown
  /** The same for people, without a line break at its end; empty: nothing is printed. */
  readonly text: string
  /** 0 when absent. */
  readonly exitCode?: number
}

/** Writes all of `text` and waits until the stream has taken it. Rejects where nobody reads any more. */
export function write(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (error) reject(error)
      else resolve()
    })
  })
}

/** Whether an error only means that the reader of a pipe has left. */
export function isClosedPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED')
}
