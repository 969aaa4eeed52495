import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError, type Compression } from '../../preload/contract/index.ts'
import { encryptBytes } from './age-file.ts'
import {
  makeArtifact,
  openBytes,
  readableOf,
  readAll,
  sampleBytes,
  testContents,
  testDraft,
  testKey,
  zstd1,
} from './artifact.testing.ts'
import { checkChecksum, checkDecode, checkPresence } from './check-artifact.ts'
import { fingerprintOf, generateIdentity } from './keys.ts'
import { createManifest } from './manifest-file.ts'
import type { Manifest } from './manifest.ts'
import { openArtifact } from './read-artifact.ts'

const { identity, recipient } = await generateIdentity()
const stranger = await generateIdentity()
const plaintext = sampleBytes(1_500_000)
const encrypted = await makeArtifact(plaintext, [recipient])
const open = await makeArtifact(plaintext, [])
const never = new AbortController().signal

function flipped(bytes: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 0x10
  return copy
}

function codeOf(error: unknown): string {
  return error instanceof AppError ? error.code : `not an AppError: ${String(error)}`
}

/** A manifest that says of `bytes` what is true, whatever they are: damage that digests don't show. */
async function manifestOf(
  bytes: Uint8Array,
  plain: Uint8Array,
  recipients: readonly string[],
  compression: Compression,
): Promise<Manifest> {
  const digest = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')
  const facts = {
    plaintextBytes: plain.length,
    plaintextSha256: digest(plain),
    artifactBytes: bytes.length,
    artifactSha256: digest(bytes),
  }
  return (await createManifest(testDraft(facts, compression), testContents, recipients, testKey())).manifest
}

describe.each([
  ['encrypted', encrypted],
  ['not encrypted', open],
])('an artifact that is %s', (_what, { bytes, manifest }) => {
  const read = (damaged: Uint8Array, pieceBytes?: number) =>
    readAll(openBytes(damaged, manifest, [identity], pieceBytes).open(never))

  it.each([1000, 65_536, 10_000_000])('is read back in pieces of %i bytes', async (pieceBytes) => {
    const { bytes: back, error } = await read(bytes, pieceBytes)
    expect(error).toBeNull()
    expect(back.equals(plaintext)).toBe(true)
  })

  it.each([0, 1, 30, 500, 70_000, -100, -1])('is refused when it is cut at %i', async (at) => {
    const cut = bytes.subarray(0, at < 0 ? bytes.length + at : at)
    const { bytes: back, error } = await read(cut)
    expect(codeOf(error)).toBe('ARTIFACT_TRUNCATED')
    expect((error as AppError).message).toContain(`byte ${cut.length} of ${bytes.length}`)
    expect(back.length).toBeLessThan(plaintext.length)
  })

  it.each([0, 5, 100, 400, 66_000, -40, -1])('is refused when the bit at %i is flipped', async (at) => {
    const { bytes: back, error } = await read(flipped(bytes, at < 0 ? bytes.length + at : at))
    expect(codeOf(error)).toBe('ARTIFACT_ALTERED')
    expect(back.length).toBeLessThan(plaintext.length)
  })

  it('is refused with one byte more, and with another artifact behind it', async () => {
    for (const more of [Buffer.of(0), bytes]) {
      expect(codeOf((await read(Buffer.concat([bytes, more]))).error)).toBe('ARTIFACT_ALTERED')
    }
  })

  it('is refused where it is another artifact', async () => {
    const other = await makeArtifact(sampleBytes(1_500_000).reverse(), manifest.encryption === null ? [] : [recipient])
    expect(['ARTIFACT_ALTERED', 'ARTIFACT_TRUNCATED']).toContain(codeOf((await read(other.bytes)).error))
  })

  it('stops when it is aborted', async () => {
    const cancel = new AbortController()
    const source = openBytes(bytes, manifest, [identity], 1000).open(cancel.signal)
    cancel.abort(new AppError('CANCELLED', 'Cancelled.'))
    expect(codeOf((await readAll(source)).error)).toBe('CANCELLED')
  })
})

it('names the damaged block of an encrypted artifact', async () => {
  const { error } = await readAll(
    openBytes(flipped(encrypted.bytes, 70_000), encrypted.manifest, [identity]).open(never),
  )
  expect((error as AppError).detail).toContain('Block 1 ')
})

describe('keys', () => {
  it('says which one is needed before a byte is read', async () => {
    let wasRead = false
    const source = openArtifact({
      manifest: encrypted.manifest,
      facts: null,
      identities: [stranger.identity],
      read: () => {
        wasRead = true
        return Promise.resolve(readableOf(encrypted.bytes))
      },
    })
    const { error, bytes } = await readAll(source.open(never))
    expect(codeOf(error)).toBe('KEY_MISSING')
    expect((error as AppError).message).toContain(fingerprintOf(recipient))
    expect(bytes.length).toBe(0)
    expect(wasRead).toBe(false)
  })

  it('also where the manifest names a key that the file was not encrypted to', async () => {
    const manifest = await manifestOf(encrypted.bytes, plaintext, [stranger.recipient], zstd1)
    const { error, bytes } = await readAll(openBytes(encrypted.bytes, manifest, [stranger.identity]).open(never))
    expect(codeOf(error)).toBe('KEY_MISSING')
    expect(bytes.length).toBe(0)
  })
})

describe('bytes that are the recorded ones, and still wrong', () => {
  const checked = { params: { [constants.ZSTD_c_checksumFlag]: 1 } }
  const frame = zstdCompressSync(plaintext, checked)
  const gzip: Compression = { name: 'gzip', level: 6 }
  const none: Compression = { name: 'none', level: null }

  it.each([
    ['a cut zstd frame', frame.subarray(0, -1), zstd1],
    ['half a zstd frame', frame.subarray(0, frame.length / 2), zstd1],
    ['two zstd frames', Buffer.concat([frame, frame]), zstd1],
    ['bytes behind a zstd frame', Buffer.concat([frame, Buffer.from('more')]), zstd1],
    ['a cut gzip member', gzipSync(plaintext).subarray(0, -5), gzip],
    ['noise', Buffer.from(crypto.getRandomValues(new Uint8Array(5000))), zstd1],
    ['nothing', Buffer.alloc(0), zstd1],
  ] as const)('%s is unreadable', async (_what, bytes, compression) => {
    const manifest = await manifestOf(bytes, plaintext, [], compression)
    expect(codeOf((await readAll(openBytes(bytes, manifest, []).open(never))).error)).toBe('ARTIFACT_UNREADABLE')
  })

  it('an age file that was cut between its blocks is unreadable', async () => {
    const file = await encryptBytes(plaintext, [recipient])
    const headerLength = file.length - (plaintext.length + 16 + 16 * Math.ceil(plaintext.length / 65_536))
    const cut = file.subarray(0, headerLength + 16 + 3 * 65_552)
    const manifest = await manifestOf(cut, plaintext, [recipient], none)
    const { error, bytes } = await readAll(openBytes(cut, manifest, [identity]).open(never))
    expect(codeOf(error)).toBe('ARTIFACT_UNREADABLE')
    expect((error as AppError).detail).toContain('ends after block')
    expect(bytes.length).toBeLessThan(plaintext.length)
  })

  it.each([
    ['more', plaintext.subarray(0, 1000), 'ARTIFACT_ALTERED'],
    ['less', Buffer.concat([plaintext, Buffer.of(0)]), 'ARTIFACT_TRUNCATED'],
    ['other content', Buffer.from(plaintext).fill(0, 5, 6), 'ARTIFACT_ALTERED'],
  ] as const)('unpacking to %s than recorded is refused', async (_what, recorded, code) => {
    const manifest = await manifestOf(frame, recorded, [], zstd1)
    const { error, bytes } = await readAll(openBytes(frame, manifest, []).open(never))
    expect(codeOf(error)).toBe(code)
    expect(bytes.length).toBeLessThan(recorded.length)
  })

  it('a bomb is stopped at the declared size', async () => {
    const bomb = zstdCompressSync(Buffer.alloc(300 * 1024 * 1024), checked)
    expect(bomb.length).toBeLessThan(100_000)
    const manifest = await manifestOf(bomb, Buffer.alloc(1000), [], zstd1)
    const { error, bytes } = await readAll(openBytes(bomb, manifest, []).open(never))
    expect(codeOf(error)).toBe('ARTIFACT_ALTERED')
    expect(bytes.length).toBe(0)
  })

  it('a frame that wants a huge window is refused', async () => {
    // Window descriptor of 2^41 bytes.
    const hostile = Buffer.concat([Buffer.from('28b52ffd00f8', 'hex'), Buffer.from('010000', 'hex')])
    const manifest = await manifestOf(hostile, plaintext, [], zstd1)
    expect(codeOf((await readAll(openBytes(hostile, manifest, []).open(never))).error)).toBe('ARTIFACT_UNREADABLE')
  })
})

describe('a destination that fails while it is read', () => {
  it('is no verdict about the backup', async () => {
    const broken = async function* () {
      yield encrypted.bytes.subarray(0, 1000)
      await Promise.reject(new Error('ECONNRESET'))
    }
    const { Readable } = await import('node:stream')
    const read = () => Promise.resolve(Readable.from(broken()))
    const source = openArtifact({ manifest: encrypted.manifest, facts: null, identities: [identity], read })
    expect(codeOf((await readAll(source.open(never))).error)).toBe('DESTINATION_FAILED')
    const [check] = await checkChecksum(read, encrypted.manifest, never)
    expect(check?.outcome).toBe('could-not-run')
  })
})

describe('toFile', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hf-read-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('makes a private plain copy', async () => {
    const path = await openBytes(encrypted.bytes, encrypted.manifest, [identity]).toFile({
      runDirectory: folder,
      signal: never,
    })
    expect((await readFile(path)).equals(plaintext)).toBe(true)
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('leaves nothing where the artifact is damaged', async () => {
    const source = openBytes(flipped(encrypted.bytes, encrypted.bytes.length - 30), encrypted.manifest, [identity])
    await expect(source.toFile({ runDirectory: folder, signal: never })).rejects.toMatchObject({
      code: 'ARTIFACT_ALTERED',
    })
    expect(await readdir(folder)).toEqual([])
  })

  it('refuses before it writes where the space is not there', async () => {
    const manifest = { ...encrypted.manifest, plaintextBytes: Number.MAX_SAFE_INTEGER }
    const source = openBytes(encrypted.bytes, manifest, [identity])
    await expect(source.toFile({ runDirectory: folder, signal: never })).rejects.toMatchObject({ code: 'NO_SPACE' })
    expect(await readdir(folder)).toEqual([])
  })
})

describe('checks', () => {
  const { bytes, manifest } = encrypted
  const outcomes = (checks: readonly { readonly name: string; readonly outcome: string }[]) =>
    checks.map(({ name, outcome }) => `${name} ${outcome}`)

  it('of presence', () => {
    const stored = { name: 'a', sizeBytes: bytes.length }
    expect(outcomes(checkPresence(stored, manifest))).toEqual(['presence passed', 'size passed'])
    expect(outcomes(checkPresence({ ...stored, sizeBytes: 1 }, manifest))).toEqual(['presence passed', 'size failed'])
    expect(outcomes(checkPresence(null, manifest))).toEqual(['presence failed'])
  })

  it.each([
    ['whole', bytes, 'passed', null],
    ['cut', bytes.subarray(0, -1), 'failed', `byte ${bytes.length - 1} of ${bytes.length}`],
    ['changed', flipped(bytes, 10), 'failed', 'SHA-256'],
    ['longer', Buffer.concat([bytes, Buffer.of(1)]), 'failed', 'goes on after'],
  ])('of the checksum: %s', async (_what, stored, outcome, says) => {
    const [check] = await checkChecksum(() => Promise.resolve(readableOf(stored)), manifest, never)
    expect(check?.outcome).toBe(outcome)
    if (says === null) expect(check?.detail).toBeNull()
    else expect(check?.detail).toContain(says)
  })

  it('of decoding', async () => {
    expect(outcomes(await checkDecode(openBytes(bytes, manifest, [identity]), never))).toEqual(['decode passed'])
    expect(outcomes(await checkDecode(openBytes(flipped(bytes, 999), manifest, [identity]), never))).toEqual([
      'decode failed',
    ])
  })

  it('without the key decoding could not run, which is not green', async () => {
    const [check] = await checkDecode(openBytes(bytes, manifest, []), never)
    expect(check?.outcome).toBe('could-not-run')
    expect(check?.detail).toContain(fingerprintOf(recipient))
  })

  it('throws what the listener of the plaintext throws', async () => {
    const listener = () => {
      throw new AppError('FORMAT_INVALID', 'Not a dump.')
    }
    await expect(checkDecode(openBytes(bytes, manifest, [identity]), never, listener)).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
    })
  })
})
