import { Writable } from 'node:stream'
import { StderrTail } from '../tools/stderr-tail.ts'
import type { ActionContext } from './scope.ts'

const loggedLines = 1_000
const loggedCharacters = 256 * 1024
const tailLines = 20
const tailLineLength = 500

/** What a command prints on both its outputs: line by line in the job's log up to a bound, its end kept for a failure. */
export class OutputLog {
  readonly #name: string
  readonly #context: Pick<ActionContext, 'log' | 'redact'>
  readonly #tail: string[] = []
  #lines = 0
  #characters = 0
  #left = 0

  constructor(name: string, context: Pick<ActionContext, 'log' | 'redact'>) {
    this.#name = name
    this.#context = context
  }

  /** One line that is redacted and has no control characters. */
  line(line: string): void {
    this.#tail.push(line.slice(0, tailLineLength))
    if (this.#tail.length > tailLines) this.#tail.shift()
    if (this.#lines >= loggedLines || this.#characters + line.length > loggedCharacters) {
      this.#left += 1
      return
    }
    this.#lines += 1
    this.#characters += line.length
    this.#context.log('info', `${this.#name}: ${line}`)
  }

  /** Takes the bytes of a standard output. */
  sink(): Writable {
    const lines = new StderrTail(this.#context.redact, (line) => this.line(line))
    return new Writable({
      write(chunk: Buffer, _encoding, callback) {
        lines.write(chunk)
        callback()
      },
      destroy(error, callback) {
        lines.end()
        callback(error)
      },
    })
  }

  /** After the last line: says what was left out, and answers the last lines. */
  end(): string {
    if (this.#left > 0) this.#context.log('info', `${this.#name}: ${String(this.#left)} more lines are left out here.`)
    return this.#tail.join('\n')
  }
}
