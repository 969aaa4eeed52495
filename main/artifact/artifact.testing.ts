import { createHash } from 'node:crypto'
import { Readable, Writable } from 'node:stream'
import { AppError, BackupId, type Compression } from '../../preload/contract/index.ts'
import { createManifest, type ManifestDraft } from './manifest-file.ts'
import { generateSigningSeed, signingKeyFromSeed, type SigningKey } from './keys.ts'
import type { Manifest, ManifestContents } from './manifest.ts'
import type { CopyStore, CopyWriter, ObjectFacts } from './ports.ts'
import { openArtifact, type OpenArtifact } from './read-artifact.ts'
import { writeArtifact, type WrittenArtifact } from './write-artifact.ts'

/** A destination in memory. What is not committed is in `partials`. */
export class MemoryStore implements CopyStore {
  readonly objects = new Map<string, Buffer>()
  readonly partials = new Map<string, Buffer[]>()
  /** Called before each write of a chunk; may throw. */
  onWrite: (name: string, bytes: number) => void | Promise<void> = () => undefined
  /** Called before each commit; may throw. */
  onCommit: (name: string) => void = () => undefined

  locate(name: string): string {
    return `memory:${name}`
  }

  create(name: string): Promise<CopyWriter> {
    const chunks: Buffer[] = []
    this.partials.set(name, chunks)
    let written = 0
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, callback) => {
        const work = async () => {
          await this.onWrite(name, written)
          written += chunk.length
          // A copy: the test must see when bytes are overwritten later.
          chunks.push(chunk)
        }
        work().then(() => callback(), callback)
      },
    })
    return Promise.resolve({
      stream,
      commit: async (assertOwner: () => void): Promise<ObjectFacts> => {
        assertOwner()
        this.onCommit(name)
        if (this.objects.has(name)) throw new AppError('ALREADY_EXISTS', `${name} exists.`)
        if (!stream.writableFinished) throw new Error('committed before the end')
        this.objects.set(name, Buffer.concat(chunks))
        this.partials.delete(name)
        return { name, sizeBytes: Buffer.concat(chunks).length }
      },
      abort: async () => {
        stream.destroy()
        this.partials.delete(name)
      },
    })
  }

  read(name: string, startByte = 0): Promise<Readable> {
    const bytes = this.objects.get(name)
    if (bytes === undefined) return Promise.reject(new AppError('ARTIFACT_MISSING', `${name} is not there.`))
    return Promise.resolve(readableOf(bytes.subarray(startByte)))
  }

  stat(name: string): Promise<ObjectFacts | null> {
    const bytes = this.objects.get(name)
    return Promise.resolve(bytes === undefined ? null : { name, sizeBytes: bytes.length })
  }

  remove(name: string): Promise<void> {
    this.objects.delete(name)
    return Promise.resolve()
  }
}

/** The bytes as a stream of pieces of `pieceBytes`. */
export function readableOf(bytes: Uint8Array, pieceBytes = 64 * 1024): Readable {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.subarray(at, at + pieceBytes))
  return Readable.from(pieces)
}

/** Writes `plaintext` to `sink` in pieces, and waits until all is accepted: the part of a dump tool. */
export async function produceFrom(sink: Writable, plaintext: Uint8Array, pieceBytes = 64 * 1024): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    sink.on('error', reject)
    sink.on('finish', resolve)
    readableOf(plaintext, pieceBytes).pipe(sink)
  })
  return 'produced'
}

/** Bytes that look like a dump: compressible, and different everywhere. */
export function sampleBytes(length: number): Buffer {
  const lines: string[] = []
  for (let at = 0, row = 0; at < length; row++) {
    const line = `${row}\tcustomer ${row % 97}\t${createHash('md5').update(String(row)).digest('hex')}\n`
    lines.push(line)
    at += line.length
  }
  return Buffer.from(lines.join('')).subarray(0, length)
}

export const zstd1: Compression = { name: 'zstd', level: 1 }

/** A seed and its key for tests. */
export function testKey(): SigningKey {
  return signingKeyFromSeed(generateSigningSeed())
}

/** A draft with plausible values. */
export function testDraft(
  written: Pick<WrittenArtifact<unknown>, 'plaintextBytes' | 'plaintextSha256' | 'artifactBytes' | 'artifactSha256'>,
  compression: Compression = zstd1,
): ManifestDraft {
  return {
    id: BackupId.parse('01JC0000000000000000000000'),
    installation: 'test',
    appVersion: '0.1.0',
    engine: 'sqlite',
    format: 'sqlite',
    content: 'full',
    scope: 'full',
    kind: 'backup',
    trigger: 'manual',
    name: null,
    description: null,
    createdBy: null,
    connection: { id: '01JC0000000000000000000001', name: 'shop', environment: 'development' },
    database: '/data/shop.db',
    server: { product: 'SQLite', version: '3.54.0', versionNumber: 3_054_000 },
    tools: [],
    argv: [],
    settings: {},
    startedAt: '2026-01-02T03:04:05.000Z',
    finishedAt: '2026-01-02T03:04:06.000Z',
    durationMs: 1000,
    artifact: 'shop/shop.db/20260102T030405Z-0000000000.sqlite.zst',
    compression,
    plaintextBytes: written.plaintextBytes,
    plaintextSha256: written.plaintextSha256,
    artifactBytes: written.artifactBytes,
    artifactSha256: written.artifactSha256,
    warnings: [],
    fingerprintKeyId: null,
    restoreByHand: [],
    auditHead: null,
  }
}

export const testContents: ManifestContents = {
  archive: { format: 'sqlite', objects: [], notCovered: [] },
  facts: {
    name: '/data/shop.db',
    systemIdentifier: null,
    identity: null,
    encoding: 'UTF-8',
    locale: {},
    owner: null,
    extensions: [],
    sizeBytes: 1,
  },
  fingerprintKey: '00112233445566778899aabbccddeeff',
}

/** An artifact of `plaintext` with its manifest, as they would lie at a destination. */
export async function makeArtifact(
  plaintext: Uint8Array,
  recipients: readonly string[],
  compression: Compression = zstd1,
): Promise<{ readonly bytes: Buffer; readonly manifest: Manifest }> {
  const store = new MemoryStore()
  const writer = await store.create('artifact')
  const written = await writeArtifact({
    produce: (sink) => produceFrom(sink, plaintext),
    reader: null,
    fingerprintKey: null,
    compression,
    recipients,
    writers: [{ destination: 'memory', writer }],
    signal: new AbortController().signal,
    report: () => undefined,
  })
  await writer.commit(() => undefined)
  const { manifest } = await createManifest(testDraft(written, compression), testContents, recipients, testKey())
  return { bytes: store.objects.get('artifact') ?? Buffer.alloc(0), manifest }
}

/** Opens `bytes` as the stored artifact of `manifest`. */
export function openBytes(
  bytes: Uint8Array,
  manifest: Manifest,
  identities: readonly string[],
  pieceBytes?: number,
): OpenArtifact {
  return openArtifact({ manifest, facts: null, identities, read: () => Promise.resolve(readableOf(bytes, pieceBytes)) })
}

/** All that is handed out, and the error with which it ended. */
export async function readAll(
  source: AsyncIterable<Uint8Array>,
): Promise<{ readonly bytes: Buffer; readonly error: unknown }> {
  const pieces: Uint8Array[] = []
  try {
    for await (const piece of source) pieces.push(Buffer.from(piece))
    return { bytes: Buffer.concat(pieces), error: null }
  } catch (error) {
    return { bytes: Buffer.concat(pieces), error }
  }
}
