import type { Stats } from 'node:fs'
import { lstat, opendir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AppError, toAppError, type FoundDump, type FoundDumps } from '../../preload/contract/index.ts'
import { manifestNameOf } from '../artifact/manifest-file.ts'
import type { Engine } from '../engines/engine.ts'
import { openForeignFile, statOrNull } from './foreign-file.ts'
import { foreignKind } from './foreign-kind.ts'

/** How far a search goes. */
export interface SearchLimits {
  /** Folders below the first one. */
  readonly depth: number
  /** Entries of folders that are looked at. */
  readonly entries: number
}

/** Reasons that are listed; of more there is the number. */
const skippedLimit = 200
/** A script that makes or fills something is a dump; one that only asks is not. */
const fillsTables = /^\s*(?:CREATE\s+(?:TABLE|SCHEMA|DATABASE|VIEW|FUNCTION|TYPE|SEQUENCE)|INSERT\s+INTO|COPY\s+\S+)/im

/**
 * Loose dumps and database files in a folder and those below it, by their content, with age and size. Links are not followed; what
 * can't be read is named. `apart` (HOLDFAST_HOME) is left alone: closing a file of the open catalog would drop its locks. Reads no
 * more than the beginning of each file. `NOT_FOUND`, `NOT_A_REGULAR_FILE` where it is no folder.
 */
export async function findDumps(
  engines: readonly Engine<unknown>[],
  folder: string,
  limits: SearchLimits,
  apart: string,
  signal: AbortSignal,
): Promise<FoundDumps> {
  const root = resolve(folder)
  const found = await statOrNull(root)
  if (found === null) throw new AppError('NOT_FOUND', `There is no folder ${root}.`, { remedy: 'Check the path.' })
  if (!found.isDirectory()) {
    const remedy = 'Give the path of the folder itself; links are not followed.'
    throw new AppError('NOT_A_REGULAR_FILE', `${root} is not a folder.`, { remedy })
  }
  const home = await statOrNull(apart)
  const search = new Search(engines, limits, home, signal)
  await search.look(root, 0)
  return search.result(root)
}

class Search {
  readonly #engines: readonly Engine<unknown>[]
  readonly #limits: SearchLimits
  readonly #home: Pick<Stats, 'dev' | 'ino'> | null
  readonly #signal: AbortSignal
  readonly #dumps: FoundDump[] = []
  readonly #skipped: FoundDumps['skipped'][number][] = []
  #skippedCount = 0
  #entries = 0
  #isComplete = true

  constructor(
    engines: readonly Engine<unknown>[],
    limits: SearchLimits,
    home: Pick<Stats, 'dev' | 'ino'> | null,
    signal: AbortSignal,
  ) {
    this.#engines = engines
    this.#limits = limits
    this.#home = home
    this.#signal = signal
  }

  result(folder: string): FoundDumps {
    const dumps = this.#dumps.toSorted((a, b) => (a.path < b.path ? -1 : 1))
    const skipped = { skipped: this.#skipped, skippedCount: this.#skippedCount }
    return { folder, dumps, ...skipped, entries: this.#entries, isComplete: this.#isComplete }
  }

  async look(folder: string, depth: number): Promise<void> {
    try {
      if (await this.#isHome(folder)) return
      for await (const entry of await opendir(folder)) {
        this.#signal.throwIfAborted()
        if (this.#entries >= this.#limits.entries) {
          this.#isComplete = false
          return
        }
        this.#entries += 1
        const path = join(folder, entry.name)
        if (entry.isSymbolicLink()) this.#skip(path, 'a link, which is not followed')
        else if (entry.isDirectory()) await this.#below(path, depth)
        else if (entry.isFile()) await this.#judge(path)
      }
    } catch (error) {
      this.#signal.throwIfAborted()
      this.#skip(folder, reasonOf(error))
    }
  }

  async #isHome(folder: string): Promise<boolean> {
    const { dev, ino } = await lstat(folder)
    return dev === this.#home?.dev && ino === this.#home.ino
  }

  async #below(path: string, depth: number): Promise<void> {
    if (depth < this.#limits.depth) await this.look(path, depth + 1)
    else {
      this.#isComplete = false
      this.#skip(path, 'too deep')
    }
  }

  async #judge(path: string): Promise<void> {
    try {
      const { head, compression } = await openForeignFile(path, this.#signal)
      const kind = this.#kindOf(head)
      if (kind === null) return
      const { size, mtime } = await lstat(path)
      const hasManifest = (await statOrNull(manifestNameOf(path))) !== null
      this.#dumps.push({
        path,
        ...kind,
        ...(hasManifest && kind.engine === null ? { what: 'backup of Holdfast, encrypted', remedy: null } : {}),
        compression,
        sizeBytes: size,
        modifiedAt: mtime.toISOString(),
        hasManifest,
      })
    } catch (error) {
      this.#signal.throwIfAborted()
      this.#skip(path, reasonOf(error))
    }
  }

  #kindOf(head: Buffer): Pick<FoundDump, 'engine' | 'format' | 'what' | 'isEncrypted' | 'remedy'> | null {
    for (const engine of this.#engines) {
      const { formats, importFormats = [] } = engine.capabilities
      const found = engine.recognise(head)
      const format = [...formats, ...importFormats].find(({ id }) => id === found?.format)
      if (format === undefined) continue
      // Many a text begins with a word of SQL.
      if (format.extension === 'sql' && !fillsTables.test(head.toString('latin1'))) return null
      return { engine: engine.id, format: format.id, what: format.label, isEncrypted: false, remedy: null }
    }
    const kind = foreignKind(head)
    if (kind === null || !(kind.isEncrypted || kind.what.includes('pg_dump'))) return null
    return { engine: null, format: null, ...kind }
  }

  #skip(path: string, why: string): void {
    this.#skippedCount += 1
    if (this.#skipped.length < skippedLimit) this.#skipped.push({ path, why })
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string' && !(error instanceof AppError)) {
    return error.code === 'EACCES' || error.code === 'EPERM'
      ? 'no permission to read it'
      : `can't be read: ${error.code}`
  }
  const { code, message } = toAppError(error)
  return code === 'INTERNAL' ? "can't be read" : message.replace(/\.$/, '')
}
