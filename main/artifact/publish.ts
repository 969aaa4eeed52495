import { createHash } from 'node:crypto'
import { finished } from 'node:stream/promises'
import type { Readable } from 'node:stream'
import { AppError, toAppError } from '../../preload/contract/index.ts'
import { manifestNameOf } from './manifest-file.ts'
import type { CopyStore, CopyWriter } from './ports.ts'

/** A copy whose bytes are all written, and where it goes. */
export interface CopyToPublish {
  /** Name of the destination, for people. */
  readonly destination: string
  readonly store: CopyStore
  readonly writer: CopyWriter
  /** Local files are read back and digested, others are asked for their size. */
  readonly isLocal: boolean
}

export interface PublishRequest {
  /** Name of the artifact at every destination. */
  readonly name: string
  readonly artifactBytes: number
  readonly artifactSha256: string
  /** The manifest's file, the same everywhere. */
  readonly manifest: Uint8Array
  readonly copies: readonly CopyToPublish[]
  /** Marks partial objects of this run. */
  readonly runId: string
  /** Throws `OWNERSHIP_LOST` where another process took over; asked before every publish and delete. */
  readonly assertOwner: () => void
  readonly signal: AbortSignal
}

/** What became of a copy. */
export interface PublishedCopy {
  readonly destination: string
  /** The artifact's place, as the destination names it. */
  readonly location: string
  readonly state: 'stored' | 'failed'
  readonly error: AppError | null
}

/**
 * Makes complete copies visible: the artifact, read back; then, last, its manifest. A copy that fails leaves neither behind.
 * Failures of single copies are in the answer. Throws only where the run may not go on: aborted, or taken over by another
 * process (then nothing more is touched).
 */
export async function publishCopies(request: PublishRequest): Promise<readonly PublishedCopy[]> {
  const published: PublishedCopy[] = []
  for (const copy of request.copies) {
    const location = copy.store.locate(request.name)
    const error = await publishCopy(request, copy)
    published.push({ destination: copy.destination, location, state: error === null ? 'stored' : 'failed', error })
  }
  return published
}

async function publishCopy(request: PublishRequest, copy: CopyToPublish): Promise<AppError | null> {
  const mine: string[] = []
  try {
    request.signal.throwIfAborted()
    request.assertOwner()
    await copy.writer.commit(request.assertOwner)
    mine.push(request.name)
    await readBack(copy, request.name, request.artifactBytes, request.artifactSha256, request.signal)
    request.signal.throwIfAborted()
    await putManifest(request, copy, mine)
    return null
  } catch (error) {
    const failure = toAppError(request.signal.aborted ? request.signal.reason : error)
    if (failure.code === 'OWNERSHIP_LOST') throw failure
    const left = await takeBack(request, copy, mine)
    if (request.signal.aborted) throw failure
    if (left === null) return failure
    return new AppError(failure.code, failure.message, {
      ...failure.toData(),
      detail: [failure.detail, left].join('\n'),
    })
  }
}

async function putManifest(request: PublishRequest, { store }: CopyToPublish, mine: string[]): Promise<void> {
  const name = manifestNameOf(request.name)
  const writer = await store.create(name, { runId: request.runId })
  try {
    // An error of the stream is the answer of `finished`.
    const end = finished(writer.stream, { readable: false })
    writer.stream.end(request.manifest)
    await end
    request.assertOwner()
    await writer.commit(request.assertOwner)
  } catch (error) {
    await writer.abort()
    throw error
  }
  mine.push(name)
  const digest = createHash('sha256').update(request.manifest).digest('hex')
  await readBack({ store, isLocal: true }, name, request.manifest.length, digest, request.signal)
}

/** The destination has to show what was written: its size, and where it is cheap its digest. */
async function readBack(
  { store, isLocal }: Pick<CopyToPublish, 'store' | 'isLocal'>,
  name: string,
  bytes: number,
  sha256: string,
  signal: AbortSignal,
): Promise<void> {
  const stored = await store.stat(name)
  if (stored === null) throw readBackFailed(`${store.locate(name)} is not there after it was written.`)
  if (stored.sizeBytes !== bytes) {
    throw readBackFailed(`${store.locate(name)} has ${stored.sizeBytes} bytes, ${bytes} were written.`)
  }
  if (isLocal && (await digestOf(await store.read(name), signal)) !== sha256) {
    throw readBackFailed(`${store.locate(name)} has another SHA-256 than what was written.`)
  }
}

async function digestOf(stream: Readable, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    signal.throwIfAborted()
    hash.update(chunk)
  }
  return hash.digest('hex')
}

function readBackFailed(detail: string): AppError {
  return new AppError('DESTINATION_FAILED', 'The destination does not give back what was written to it.', {
    detail,
    remedy: 'Check the disk or the service, then back up again.',
  })
}

/** Removes what this run published here, the manifest first. Answers what stayed, for people; null when all is gone. */
async function takeBack(request: PublishRequest, copy: CopyToPublish, mine: readonly string[]): Promise<string | null> {
  const left: string[] = []
  try {
    await copy.writer.abort()
  } catch (error) {
    left.push(toAppError(error).message)
  }
  for (const name of mine.toReversed()) {
    request.assertOwner()
    try {
      await copy.store.remove(name)
    } catch (error) {
      left.push(`${copy.store.locate(name)}: ${toAppError(error).message}`)
    }
  }
  return left.length === 0 ? null : `Could not be removed: ${left.join('; ')}`
}
