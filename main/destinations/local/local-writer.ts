import { constants } from 'node:fs'
import { lstat, open, rmdir, unlink, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Writable } from 'node:stream'
import { AppError } from '../../../preload/contract/index.ts'
import type { ObjectWriter, StoredObject } from '../destination.ts'
import { renameCreateOnly, syncFolder } from './create-only.ts'
import { errnoOf, toDestinationError } from './errors.ts'

/** Where an object is written, and where it goes. */
export interface WriterPlaces {
  readonly name: string
  readonly finalPath: string
  readonly partialPath: string
  /** Folders that were made for this object, innermost first: removed again when it is aborted, where still empty. */
  readonly madeFolders: readonly string[]
  /** Folders whose entries must be made durable with the object, innermost first. */
  readonly foldersToSync: readonly string[]
  readonly freeBytes: () => Promise<number | null>
}

async function ignoreMissing(step: Promise<unknown>, alsoIgnored: readonly string[] = []): Promise<void> {
  try {
    await step
  } catch (error) {
    const errno = errnoOf(error) ?? ''
    if (errno !== 'ENOENT' && !alsoIgnored.includes(errno)) throw error
  }
}

/** Writes one object under its partial name and publishes it on `commit`. */
export class LocalWriter implements ObjectWriter {
  readonly stream: Writable
  readonly #handle: FileHandle
  readonly #places: WriterPlaces
  #writtenBytes = 0
  #state: 'writing' | 'committing' | 'committed' | 'aborted' = 'writing'
  #closing: Promise<void> | null = null

  private constructor(handle: FileHandle, places: WriterPlaces) {
    this.#handle = handle
    this.#places = places
    this.stream = new Writable({
      highWaterMark: 1024 * 1024,
      write: (chunk: Buffer, _encoding, done) => {
        this.#write(chunk).then(() => done(), done)
      },
    })
    // The caller sees the error through the pipeline or `commit`; without a listener an early one would end the process.
    this.stream.on('error', () => undefined)
  }

  /** Creates the partial file, mode 0600; `EEXIST` where one of this run is there already. */
  static async begin(places: WriterPlaces): Promise<LocalWriter> {
    const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY
    return new LocalWriter(await open(places.partialPath, flags, 0o600), places)
  }

  async #write(chunk: Buffer): Promise<void> {
    try {
      let offset = 0
      while (offset < chunk.length) {
        const { bytesWritten } = await this.#handle.write(chunk, offset, chunk.length - offset)
        offset += bytesWritten
        this.#writtenBytes += bytesWritten
      }
    } catch (error) {
      throw await this.#explain(error)
    }
  }

  /** A full drive is told with its numbers. */
  async #explain(error: unknown): Promise<AppError> {
    const mapped = toDestinationError(error, this.#places.name)
    if (mapped.code !== 'NO_SPACE') return mapped
    const free = await this.#places.freeBytes().catch(() => null)
    return new AppError(mapped.code, mapped.message, {
      detail: `${mapped.detail ?? ''}; ${this.#writtenBytes} bytes were written, ${free ?? 'an unknown number of'} bytes are free, and more than that is needed`,
      remedy: mapped.remedy,
      cause: error,
    })
  }

  #close(): Promise<void> {
    this.#closing ??= this.#handle.close()
    return this.#closing
  }

  async commit(assertOwner: () => void): Promise<StoredObject> {
    if (this.#state !== 'writing')
      throw new AppError('INTERNAL', 'An object was published twice or after it was aborted.')
    if (this.stream.errored) throw toDestinationError(this.stream.errored, this.#places.name)
    if (!this.stream.writableFinished)
      throw new AppError('INTERNAL', 'An object was published before its stream had ended.')
    this.#state = 'committing'
    const { finalPath, partialPath, foldersToSync, name } = this.#places
    try {
      await this.#handle.sync()
      // Network file systems report a failed write only here.
      await this.#close()
      assertOwner()
      await renameCreateOnly(partialPath, finalPath)
      for (const folder of foldersToSync) await syncFolder(folder)
      const stored = await lstat(finalPath)
      if (!stored.isFile() || stored.size !== this.#writtenBytes) {
        throw new AppError('DESTINATION_FAILED', 'The destination holds another number of bytes than were written.', {
          detail: `${name}: ${this.#writtenBytes} bytes were written, ${stored.size} are there`,
          remedy: 'Check the drive, and run the backup again.',
        })
      }
      this.#state = 'committed'
      return { name, sizeBytes: stored.size, modifiedAt: stored.mtime }
    } catch (error) {
      this.#state = 'writing'
      throw await this.#explain(error)
    }
  }

  async abort(): Promise<void> {
    if (this.#state === 'committed' || this.#state === 'aborted') return
    this.#state = 'aborted'
    this.stream.destroy()
    const { name, partialPath, madeFolders } = this.#places
    try {
      // A descriptor that was closed with an error is closed nevertheless.
      await this.#close().catch(() => undefined)
      await ignoreMissing(unlink(partialPath), ['ENOTDIR'])
      for (const folder of madeFolders) await ignoreMissing(rmdir(folder), ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'])
    } catch (error) {
      throw toDestinationError(error, `${name} in ${dirname(partialPath)}`)
    }
  }
}
