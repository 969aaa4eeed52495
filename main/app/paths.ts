import { randomBytes } from 'node:crypto'
import { AppError, type PathInput, type PickedPath } from '../../preload/contract/index.ts'
import type { Host } from './host.ts'

const mostPaths = 20_000

/**
 * Hands out ids for paths, and knows which it handed out: a window names no path itself. Ids can't be guessed. The same path keeps
 * its id; of more than some thousand the ones that were longest unused are forgotten.
 */
export class PathDesk {
  readonly #isPlainAllowed: boolean
  readonly #limit: number
  /** In the order of their last use. */
  readonly #paths = new Map<string, string>()
  readonly #ids = new Map<string, string>()

  constructor(host: Host['kind'], limit = mostPaths) {
    this.#isPlainAllowed = host === 'cli'
    this.#limit = limit
  }

  /** Whether a path may come as it is: from the command line alone. */
  get isPlainAllowed(): boolean {
    return this.#isPlainAllowed
  }

  /** An id for an absolute path. */
  give(path: string): PickedPath {
    const picked = this.#ids.get(path) ?? randomBytes(18).toString('base64url')
    this.#use(picked, path)
    const [oldest] = this.#paths
    if (this.#paths.size > this.#limit && oldest !== undefined) this.#forget(...oldest)
    return { picked, path }
  }

  /** The path that is meant. `USAGE` for an id that was never given, and for a plain path from a window. */
  resolve(input: PathInput): string {
    if (typeof input === 'object') return this.pathOf(input.picked)
    if (this.#isPlainAllowed) return input
    throw new AppError('USAGE', 'A path must be picked.', { remedy: 'Choose the file or folder in the dialog.' })
  }

  /** The path behind an id; `USAGE` for one that was never given. */
  pathOf(id: string): string {
    const path = this.#paths.get(id)
    if (path === undefined) {
      throw new AppError('USAGE', 'This path was not picked here, or too long ago.', {
        remedy: 'Choose the file or folder again.',
      })
    }
    this.#use(id, path)
    return path
  }

  #use(id: string, path: string): void {
    this.#paths.delete(id)
    this.#paths.set(id, path)
    this.#ids.set(path, id)
  }

  #forget(id: string, path: string): void {
    this.#paths.delete(id)
    this.#ids.delete(path)
  }
}
