import { StringDecoder } from 'node:string_decoder'

const tailLimit = 64 * 1024
const lineLimit = 8 * 1024

/* eslint-disable no-control-regex -- control sequences and characters are what is removed here */
const csi = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]/g
const stringSequence = /\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?/g
const otherEscape = /\u001b[ -/]*[0-~]/g
/** Also the marks that turn the direction of text round. */
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g
/* eslint-enable no-control-regex */

/** `text` without terminal escape sequences, control characters (but for newline and tab) and direction marks. Pure. */
export function stripControls(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll('\r', '\n')
    .replaceAll(csi, '')
    .replaceAll(stringSequence, '')
    .replaceAll(otherEscape, '')
    .replaceAll(controls, '')
}

/**
 * Takes whatever a tool writes to its standard error and keeps the last 64 KiB of it.
 * Lines of more than 8 KiB are handed on cut.
 */
export class StderrTail {
  readonly #decoder = new StringDecoder('utf8')
  readonly #redact: (text: string) => string
  readonly #onLine: ((line: string) => void) | null
  #tail = ''
  #isCut = false
  #line = ''

  constructor(redact: (text: string) => string, onLine: ((line: string) => void) | null) {
    this.#redact = redact
    this.#onLine = onLine
  }

  /** Takes the next bytes. */
  write(chunk: Uint8Array): void {
    this.#take(this.#decoder.write(chunk))
  }

  /** Hands on the last line, where no newline ended it. */
  end(): void {
    this.#take(this.#decoder.end())
    if (this.#line !== '') this.#hand(this.#line)
    this.#line = ''
  }

  /** The last 64 KiB, clean and redacted; whole lines, where something was cut off before them. */
  text(): string {
    const newline = this.#tail.indexOf('\n')
    const whole = this.#isCut && newline !== -1 ? this.#tail.slice(newline + 1) : this.#tail
    return this.#redact(stripControls(whole)).trim()
  }

  #take(text: string): void {
    this.#tail += text
    if (this.#tail.length > tailLimit) {
      this.#tail = this.#tail.slice(-tailLimit)
      this.#isCut = true
    }
    if (this.#onLine === null) return
    const lines = text.split('\n')
    const last = lines.pop() ?? ''
    for (const line of lines) {
      this.#hand(this.#line + line)
      this.#line = ''
    }
    this.#line = (this.#line + last).slice(0, lineLimit)
  }

  #hand(line: string): void {
    const clean = this.#redact(stripControls(line.slice(0, lineLimit))).trim()
    if (clean !== '') this.#onLine?.(clean)
  }
}
