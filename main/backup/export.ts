import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../preload/contract/index.ts'
import { manifestNameOf } from '../artifact/manifest-file.ts'
import type { BackupEntry, CopyRecord } from '../catalog/catalog.ts'
import { assertComplete, copiesInOrder, readOwnManifest } from '../workbench/open-backup.ts'
import type { Workbench } from '../workbench/workbench.ts'

/** Failures after which another copy is worth trying. */
const ofThisCopy: ReadonlySet<string> = new Set([
  'ARTIFACT_MISSING',
  'ARTIFACT_ALTERED',
  'ARTIFACT_TRUNCATED',
  'MANIFEST_INVALID',
  'SIGNATURE_INVALID',
  'DESTINATION_UNAVAILABLE',
])

/**
 * Copies an artifact and its manifest, as they are, into a folder; the digest is checked on the way and nothing is overwritten.
 * A copy that is not intact is passed over for the next one; the first one's error is thrown where there is none.
 * Answers the files' paths.
 */
export async function exportBackup(
  bench: Workbench,
  entry: BackupEntry,
  directory: string,
): Promise<readonly string[]> {
  assertComplete(entry)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const failures: AppError[] = []
  for (const copy of copiesInOrder(entry)) {
    try {
      const files = await exportCopy(bench, entry, copy, directory)
      bench.audit.write({ action: 'backup.exported', subject: entry.id, outcome: 'done', detail: { directory } })
      return files
    } catch (error) {
      if (!(error instanceof AppError) || !ofThisCopy.has(error.code)) throw error
      failures.push(error)
    }
  }
  throw (
    failures[0] ??
    new AppError('ARTIFACT_MISSING', 'There is no copy of this backup.', { remedy: 'Choose another backup.' })
  )
}

async function exportCopy(
  bench: Workbench,
  entry: BackupEntry,
  copy: CopyRecord,
  directory: string,
): Promise<readonly string[]> {
  const { destination, manifest, bytes: manifestBytes } = await readOwnManifest(bench, entry, copy)
  const artifactPath = join(directory, manifest.artifact)
  const manifestPath = manifestNameOf(artifactPath)
  const hash = createHash('sha256')
  try {
    await pipeline(
      await destination.read(copy.object),
      async function* digest(chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          hash.update(chunk)
          yield chunk
        }
      },
      createWriteStream(artifactPath, { flags: 'wx', mode: 0o600 }),
    )
  } catch (error) {
    throw await writeFailure(error, artifactPath)
  }
  if (hash.digest('hex') !== manifest.artifactSha256) {
    await rm(artifactPath, { force: true })
    throw new AppError('ARTIFACT_ALTERED', 'The stored backup is not what was written: its SHA-256 differs.', {
      remedy: 'Use another copy of this backup.',
    })
  }
  await writeFile(manifestPath, manifestBytes, { flag: 'wx', mode: 0o600 })
  return [artifactPath, manifestPath]
}

async function writeFailure(error: unknown, path: string): Promise<AppError> {
  if (error instanceof AppError) {
    await rm(path, { force: true })
    return error
  }
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'EEXIST')
    return new AppError('ALREADY_EXISTS', `${path} is there already.`, { remedy: 'Choose another folder.' })
  await rm(path, { force: true })
  const said = error instanceof Error ? error.message : String(error)
  if (code === 'ENOSPC')
    return new AppError('NO_SPACE', 'There is not enough space in that folder.', { detail: said, cause: error })
  return new AppError('DESTINATION_FAILED', `The backup could not be copied to ${path}.`, {
    detail: said,
    remedy: 'Check the folder, then try again.',
    cause: error,
  })
}
