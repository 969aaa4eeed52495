import { createHash } from 'node:crypto'
import { PassThrough, type Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError, type ArchiveContents } from '../../preload/contract/index.ts'
import { makeArtifact, MemoryStore, openBytes, produceFrom, readAll, sampleBytes, zstd1 } from './artifact.testing.ts'
import { generateIdentity } from './keys.ts'
import type { PlaintextReader } from './ports.ts'
import { writeArtifact, type WriteArtifactRequest } from './write-artifact.ts'
import { ZstdFrameScanner } from './zstd-frame.ts'

const { identity, recipient } = await generateIdentity()
const megabytes = sampleBytes(3_500_000)

async function setUp(names: readonly string[] = ['one']) {
  const stores = names.map(() => new MemoryStore())
  const writers = await Promise.all(
    stores.map(async (store, index) => ({ destination: names[index] ?? '', writer: await store.create('artifact') })),
  )
  const cancel = new AbortController()
  const request: WriteArtifactRequest<string> = {
    produce: (sink) => produceFrom(sink, megabytes),
    reader: null,
    fingerprintKey: null,
    compression: zstd1,
    recipients: [],
    writers,
    signal: cancel.signal,
    report: () => undefined,
  }
  return { stores, request, cancel }
}

async function failureOf(work: Promise<unknown>): Promise<AppError> {
  try {
    await work
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('it did not fail')
}

/** Collects what flows by, and proves that it is not overwritten while it is looked at. */
function collector(
  options: { readonly failAt?: number; readonly failAtEnd?: boolean; readonly isSlow?: boolean } = {},
) {
  const hash = createHash('sha256')
  let bytes = 0
  let hasEnded = false
  const contents: ArchiveContents = { format: 'test', objects: [], notCovered: [] }
  const reader: PlaintextReader = {
    start: () => ({
      async write(chunk) {
        if (options.isSlow === true) await sleep(5)
        hash.update(chunk)
        bytes += chunk.length
        if (options.failAt !== undefined && bytes >= options.failAt) {
          throw new AppError('FORMAT_INVALID', 'Not this format.', { detail: `at byte ${bytes}` })
        }
      },
      end() {
        hasEnded = true
        if (options.failAtEnd === true) throw new AppError('DUMP_INCOMPLETE', 'The dump is cut.')
        return Promise.resolve(contents)
      },
    }),
  }
  return { reader, digest: () => hash.digest('hex'), bytes: () => bytes, hasEnded: () => hasEnded }
}

describe('writeArtifact', () => {
  it.each([
    ['zstd and age', { name: 'zstd', level: 3 }, true],
    ['zstd', { name: 'zstd', level: 1 }, false],
    ['gzip and age', { name: 'gzip', level: 1 }, true],
    ['gzip', { name: 'gzip', level: 6 }, false],
    ['age', { name: 'none', level: null }, true],
    ['nothing', { name: 'none', level: null }, false],
  ] as const)('round trip through %s', async (_name, compression, isEncrypted) => {
    const { bytes, manifest } = await makeArtifact(megabytes, isEncrypted ? [recipient] : [], compression)
    expect(manifest.artifactSha256).toBe(createHash('sha256').update(bytes).digest('hex'))
    expect(manifest.artifactBytes).toBe(bytes.length)
    const back = await readAll(openBytes(bytes, manifest, [identity]).open(new AbortController().signal))
    expect(back.error).toBeNull()
    expect(back.bytes.equals(megabytes)).toBe(true)
  })

  it('writes exactly one zstd frame, however the dump is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4_000_000 }),
        fc.integer({ min: 1000, max: 3_000_000 }),
        async (length, piece) => {
          const { stores, request } = await setUp()
          const plaintext = sampleBytes(length)
          const written = await writeArtifact({ ...request, produce: (sink) => produceFrom(sink, plaintext, piece) })
          const [bytes] = stores.map((store) => Buffer.concat(store.partials.get('artifact') ?? []))
          const scanner = new ZstdFrameScanner()
          scanner.push(bytes ?? Buffer.alloc(0))
          scanner.end()
          expect(written.plaintextBytes).toBe(length)
          expect(written.plaintextSha256).toBe(createHash('sha256').update(plaintext).digest('hex'))
        },
      ),
      { numRuns: 12 },
    )
  })

  it('shows every byte to the reader, also a slow one, and answers what it found', async () => {
    const { request } = await setUp()
    const seen = collector({ isSlow: true })
    const written = await writeArtifact({ ...request, reader: seen.reader })
    expect(seen.bytes()).toBe(megabytes.length)
    expect(seen.digest()).toBe(written.plaintextSha256)
    expect(written.contents?.format).toBe('test')
    expect(written.report).toBe('produced')
  })

  it('keeps to the pace of the slowest copy', async () => {
    const { stores, request } = await setUp(['fast', 'slow'])
    let taken = 0
    let mostAhead = 0
    const slow = stores[1]
    if (slow !== undefined) {
      slow.onWrite = async (_name, bytes) => {
        mostAhead = Math.max(mostAhead, taken - bytes)
        await sleep(2)
      }
    }
    const plaintext = Buffer.alloc(40 * 1024 * 1024, 1)
    const produce = async (sink: Writable) => {
      for (let at = 0; at < plaintext.length; at += 65_536) {
        if (!sink.write(plaintext.subarray(at, at + 65_536)))
          await new Promise((resolve) => sink.once('drain', resolve))
        taken = at
      }
      await new Promise<void>((resolve) => sink.end(resolve))
      return 'produced'
    }
    await writeArtifact({ ...request, compression: { name: 'none', level: null }, produce })
    expect(mostAhead).toBeLessThan(8 * 1024 * 1024)
  })

  it('goes on when one of two copies fails, and aborts that one', async () => {
    const { stores, request } = await setUp(['good', 'full'])
    const full = stores[1]
    if (full !== undefined) {
      full.onWrite = (_name, bytes) => {
        if (bytes > 100_000) throw new AppError('NO_SPACE', 'The disk is full.')
      }
    }
    const written = await writeArtifact(request)
    expect(written.copies.map(({ destination, outcome }) => [destination, outcome])).toEqual([
      ['good', 'written'],
      ['full', 'failed'],
    ])
    expect(written.copies[1]?.error?.code).toBe('NO_SPACE')
    expect(full?.partials.size).toBe(0)
    expect(stores[0]?.partials.size).toBe(1)
  })

  it('stops the producer when no copy is left, says why, and leaves nothing', async () => {
    const { stores, request } = await setUp(['full'])
    const [full] = stores
    if (full !== undefined) {
      full.onWrite = (_name, bytes) => {
        if (bytes > 100_000) throw new AppError('NO_SPACE', 'The disk is full.')
      }
    }
    let stopped: unknown = null
    const produce = async (sink: Writable, signal: AbortSignal) => {
      try {
        return await produceFrom(sink, megabytes)
      } catch {
        stopped = signal.reason
        throw new AppError('TOOL_FAILED', 'pg_dump: could not write to output file: Broken pipe')
      }
    }
    const failure = await failureOf(writeArtifact({ ...request, produce }))
    expect(failure.code).toBe('NO_SPACE')
    expect(stopped).toBe(failure)
    expect(full?.partials.size).toBe(0)
  })

  it('fails with the tool where the tool fails after all its output, and never asks the reader for a verdict', async () => {
    const { stores, request } = await setUp()
    const seen = collector({ failAtEnd: true })
    const produce = async (sink: Writable) => {
      await produceFrom(sink, megabytes)
      throw new AppError('TOOL_KILLED', 'pg_dump was ended by SIGKILL.')
    }
    expect((await failureOf(writeArtifact({ ...request, reader: seen.reader, produce }))).code).toBe('TOOL_KILLED')
    expect(seen.hasEnded()).toBe(false)
    expect(stores[0]?.partials.size).toBe(0)
  })

  it('fails with the tool where its broken sink was noticed first', async () => {
    const { request } = await setUp()
    const produce = async (sink: Writable) => {
      sink.write(megabytes.subarray(0, 1000))
      sink.destroy(new Error('Premature close'))
      await sleep(20)
      throw new AppError('TOOL_KILLED', 'pg_dump was ended by SIGKILL.')
    }
    expect((await failureOf(writeArtifact({ ...request, produce }))).code).toBe('TOOL_KILLED')
  })

  it.each([
    ['cut at its end', { failAtEnd: true }, 'DUMP_INCOMPLETE'],
    ['wrong in the middle', { failAt: 2_000_000 }, 'FORMAT_INVALID'],
  ] as const)('fails with the reader where the dump is %s', async (_what, options, code) => {
    const { stores, request } = await setUp()
    const failure = await failureOf(writeArtifact({ ...request, reader: collector(options).reader }))
    expect(failure.code).toBe(code)
    expect(stores[0]?.partials.size).toBe(0)
  })

  it('refuses an empty dump', async () => {
    const { stores, request } = await setUp()
    const produce = (sink: Writable) => produceFrom(sink, Buffer.alloc(0))
    expect((await failureOf(writeArtifact({ ...request, produce }))).code).toBe('DUMP_INCOMPLETE')
    expect(stores[0]?.partials.size).toBe(0)
  })

  it('refuses a recipient that is none before anything runs', async () => {
    const { request } = await setUp()
    const produce = () => Promise.reject(new Error('it ran'))
    const failure = await failureOf(writeArtifact({ ...request, recipients: [recipient, 'age1nobody'], produce }))
    expect(failure.code).toBe('KEY_WRONG')
  })

  it('does not believe a producer that resolves without ending its sink', async () => {
    const { request } = await setUp()
    const produce = (sink: Writable) => {
      sink.write(megabytes.subarray(0, 1000))
      return Promise.resolve('done')
    }
    expect((await failureOf(writeArtifact({ ...request, produce }))).code).toBe('INTERNAL')
  })

  it('ends with the reason of a cancel, waits for the producer, and leaves nothing', async () => {
    const { stores, request, cancel } = await setUp(['one', 'two'])
    let hasEnded = false
    const produce = async (sink: Writable, signal: AbortSignal) => {
      sink.write(megabytes)
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      await sleep(30)
      hasEnded = true
      throw signal.reason
    }
    setTimeout(() => cancel.abort(new AppError('CANCELLED', 'Cancelled.')), 20)
    expect((await failureOf(writeArtifact({ ...request, produce }))).code).toBe('CANCELLED')
    expect(hasEnded).toBe(true)
    for (const store of stores) expect(store.partials.size).toBe(0)
  })

  it('fails when no byte moves for too long', async () => {
    const { request } = await setUp()
    const produce = async (sink: Writable, signal: AbortSignal) => {
      sink.write(megabytes)
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      throw signal.reason
    }
    expect((await failureOf(writeArtifact({ ...request, produce, stallTimeoutMs: 100 }))).code).toBe('STALLED')
  })

  it('gives up only the copy that hangs, where another one goes on', async () => {
    const { stores, request } = await setUp(['good', 'hanging'])
    const hanging = stores[1]
    if (hanging !== undefined)
      hanging.onWrite = (_name, bytes) => (bytes > 0 ? new Promise(() => undefined) : undefined)
    const written = await writeArtifact({ ...request, stallTimeoutMs: 100, compression: { name: 'none', level: null } })
    expect(written.copies.map(({ outcome, error }) => [outcome, error?.code])).toEqual([
      ['written', undefined],
      ['failed', 'STALLED'],
    ])
  })

  it('names the partial copy that could not be removed', async () => {
    const { request } = await setUp()
    const stream = new PassThrough()
    stream.resume()
    const abort = () => Promise.reject(new AppError('DESTINATION_FAILED', 'The share is gone.'))
    const writers = [{ destination: 'share', writer: { stream, abort, commit: () => Promise.reject(new Error('no')) } }]
    const produce = () => Promise.reject(new AppError('TOOL_FAILED', 'It failed.'))
    const failure = await failureOf(writeArtifact({ ...request, writers, produce }))
    expect(failure.code).toBe('TOOL_FAILED')
    expect(failure.detail).toContain('share: The share is gone.')
  })
})
