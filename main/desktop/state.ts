import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'

const Stored = z.object({
  /** The folder that was used last, by what it was used for. */
  folders: z.record(z.string(), z.string()).default({}),
  /** Whether it was said that closing the window leaves the program in the tray. */
  isTrayExplained: z.boolean().default(false),
  theme: z.enum(['system', 'light', 'dark']).default('system'),
})

/** What this host remembers from one start to the next. */
export type Remembered = z.output<typeof Stored>

/** A small file of this host's own. It holds nothing that would be missed: one that can't be read counts as empty. */
export class DesktopState {
  readonly #path: string
  #value: Remembered

  constructor(path: string) {
    this.#path = path
    this.#value = read(path)
  }

  get value(): Remembered {
    return this.#value
  }

  /** Changes these fields, and stores all of them. Throws where the file can't be written. */
  set(change: Partial<Remembered>): void {
    this.#value = { ...this.#value, ...change }
    const aside = `${this.#path}.new`
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 })
    writeFileSync(aside, JSON.stringify(this.#value), { mode: 0o600 })
    renameSync(aside, this.#path)
  }
}

function read(path: string): Remembered {
  try {
    return Stored.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return Stored.parse({})
  }
}
