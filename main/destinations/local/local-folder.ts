import { randomBytes } from 'node:crypto'
import { lstat, mkdir, opendir, realpath, stat, statfs, unlink } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { AppError, type Warning } from '../../../preload/contract/index.ts'
import type { ObjectWriter, OpenDestination, StoredObject } from '../destination.ts'
import { errnoOf, toDestinationError } from './errors.ts'
import { readLocalFile } from './local-reader.ts'
import { LocalWriter } from './local-writer.ts'
import { isObjectName, objectNameParts, partialEnding, partialName } from './object-names.ts'
import { testFolder } from './test-folder.ts'

/** Another job may remove a folder that it made, between our mkdir and our open. */
const createAttempts = 5

/** A folder in which backups are kept. The folder itself is never created: an unplugged drive must not become a folder. */
export class LocalFolder implements OpenDestination {
  readonly #path: string
  /** Device and inode of the folder when it was first used; another one means that the drive was swapped or unmounted. */
  #identity: string | null = null

  constructor(path: string) {
    this.#path = resolve(path)
  }

  locate(name: string): string {
    return join(this.#path, ...objectNameParts(name))
  }

  /** The folder with links resolved, after it was found to be the same as before. */
  async #root(): Promise<string> {
    let root: string
    let identity: string
    try {
      root = await realpath(this.#path)
      const found = await stat(root)
      if (!found.isDirectory()) {
        throw new AppError('DESTINATION_UNAVAILABLE', 'The path of the destination is not a folder.', {
          detail: this.#path,
          remedy: 'Correct the path of the destination.',
        })
      }
      identity = `${found.dev}:${found.ino}`
    } catch (error) {
      throw toDestinationError(error, this.#path)
    }
    this.#identity ??= identity
    if (this.#identity !== identity) {
      throw new AppError('DESTINATION_UNAVAILABLE', 'Another folder stands in the place of the destination.', {
        detail: this.#path,
        remedy: 'The drive or share was probably unmounted. Connect it again.',
        retryable: true,
      })
    }
    return root
  }

  /** Throws where a link inside the destination leads a path somewhere else. */
  async #assertInside(folder: string, name: string): Promise<void> {
    if ((await realpath(folder)) === folder) return
    throw new AppError('NOT_A_REGULAR_FILE', 'A symbolic link stands inside the folder of the destination.', {
      detail: `${name}: ${folder}`,
      remedy: 'Replace the link by a real folder, or make what it points to a destination of its own.',
    })
  }

  /** The real path of `name`, or null where its folder is missing. */
  async #resolve(name: string): Promise<string | null> {
    const parts = objectNameParts(name)
    const path = join(await this.#root(), ...parts)
    try {
      await this.#assertInside(dirname(path), name)
    } catch (error) {
      if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null
      throw toDestinationError(error, name)
    }
    return path
  }

  async create(name: string, options: { readonly runId: string }): Promise<ObjectWriter> {
    const parts = objectNameParts(name)
    const root = await this.#root()
    const finalPath = join(root, ...parts)
    const folder = dirname(finalPath)
    try {
      for (let attempt = 1; ; attempt += 1) {
        const madeFolders = await makeFolders(root, parts.slice(0, -1))
        await this.#assertInside(folder, name)
        await refuseExisting(finalPath, name)
        try {
          return await LocalWriter.begin({
            name,
            finalPath,
            partialPath: join(folder, partialName(basename(finalPath), options.runId)),
            madeFolders,
            foldersToSync: [folder, ...madeFolders.map((made) => dirname(made))],
            freeBytes: () => this.freeBytes(),
          })
        } catch (error) {
          if (errnoOf(error) !== 'ENOENT' || attempt === createAttempts) throw error
        }
      }
    } catch (error) {
      throw toDestinationError(error, name)
    }
  }

  async read(name: string, startByte = 0): Promise<Readable> {
    const path = await this.#resolve(name)
    try {
      if (path !== null) return await readLocalFile(path, name, startByte)
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw toDestinationError(error, name)
    }
    throw new AppError('ARTIFACT_MISSING', 'A file of the backup is missing at its destination.', {
      detail: this.locate(name),
      remedy: 'Look for it in another copy, or correct the path of the destination.',
    })
  }

  async stat(name: string): Promise<StoredObject | null> {
    const path = await this.#resolve(name)
    if (path === null) return null
    try {
      const found = await lstat(path)
      return found.isFile() ? { name, sizeBytes: found.size, modifiedAt: found.mtime } : null
    } catch (error) {
      if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null
      throw toDestinationError(error, name)
    }
  }

  async *list(prefix: string): AsyncGenerator<StoredObject> {
    const root = await this.#root()
    for await (const name of this.#fileNames()) {
      // A file whose name no object can have was put there by somebody else, or is still being written.
      if (!name.startsWith(prefix) || !isObjectName(name)) continue
      try {
        const found = await lstat(join(root, name))
        if (found.isFile()) yield { name, sizeBytes: found.size, modifiedAt: found.mtime }
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT') throw toDestinationError(error, name)
      }
    }
  }

  /** All regular files below the folder, names with `/`. Links are not followed. */
  async *#fileNames(): AsyncGenerator<string> {
    const root = await this.#root()
    const open: string[] = ['']
    for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
      try {
        for await (const entry of await opendir(join(root, folder))) {
          const name = folder === '' ? entry.name : `${folder}/${entry.name}`
          if (entry.isDirectory()) open.push(name)
          else if (entry.isFile()) yield name
        }
      } catch (error) {
        // A folder that was removed while its parent was read holds nothing; the destination itself must be there.
        if (folder === '' || errnoOf(error) !== 'ENOENT') throw toDestinationError(error, folder)
      }
    }
  }

  async remove(name: string): Promise<void> {
    const path = await this.#resolve(name)
    if (path === null) return
    try {
      await unlink(path)
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw toDestinationError(error, name)
    }
  }

  async freeBytes(): Promise<number | null> {
    const root = await this.#root()
    try {
      const { bavail, bsize } = await statfs(root)
      return bavail * bsize
    } catch (error) {
      throw toDestinationError(error, this.#path)
    }
  }

  async test(signal: AbortSignal): Promise<readonly Warning[]> {
    const root = await this.#root()
    return testFolder(this, root, randomBytes(8).toString('hex'), signal)
  }

  async sweep(runIds: readonly string[]): Promise<readonly string[]> {
    const endings = runIds.map((runId) => partialEnding(runId))
    const root = await this.#root()
    const swept: string[] = []
    for await (const name of this.#fileNames()) {
      const last = name.slice(name.lastIndexOf('/') + 1)
      if (!last.startsWith('.') || !endings.some((ending) => last.endsWith(ending))) continue
      try {
        await unlink(join(root, name))
        swept.push(name)
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT') throw toDestinationError(error, name)
      }
    }
    return swept
  }
}

/** Makes the folders of `parts` below `root`, mode 0700. Answers those that were not there, innermost first. */
async function makeFolders(root: string, parts: readonly string[]): Promise<string[]> {
  const made: string[] = []
  let folder = root
  for (const part of parts) {
    folder = join(folder, part)
    try {
      await mkdir(folder, { mode: 0o700 })
      made.unshift(folder)
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error
    }
  }
  return made
}

/** Fails early, before a long backup; `commit` decides. */
async function refuseExisting(path: string, name: string): Promise<void> {
  try {
    await lstat(path)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return
    throw error
  }
  throw new AppError('ALREADY_EXISTS', 'The name is taken at the destination.', {
    detail: name,
    remedy: 'Nothing was overwritten. Run the operation again under a new name.',
  })
}
