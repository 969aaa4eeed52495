import { Readable } from 'node:stream'
import { AppError } from '../../preload/contract/index.ts'
import { blockBytes, blockCipher, blockNonce, portableCipher, sealedBlockBytes } from './age-cipher.ts'
import { HeaderCollector, openHeader } from './age-header.ts'
import { PayloadDecryptor } from './age-payload.ts'
import { createCompressor, createDecompressor } from './compression.ts'
import { decompress } from './decode-stages.ts'
import { DecodeProblem } from './decode-problem.ts'

/** An age file and the identity that opens it, made with the stock `age` 1.1.1, and what is in it. */
const knownIdentity = 'AGE-SECRET-KEY-12SESZGD6U3QDQJGEFFHMTM3W35RN3E8HQZQFHJUV3FY3Y7SP72CQHENHUP'
const knownAge =
  'YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSA3cEk2Y3VqcWpxVml6d3dBQWRzTWVmL1VCUWpRSi9ZTWllU1oxU2dYMnlVClNqWUZxZ09wOVh0bDUzcWRNZWxHaTJBYy9YcnpTNE1aVnhFUUhpNjhtTmsKLS0tIGg4OVVqMUZOMFd5c0hzWlJJcjJiMkU0emJabmJWUmpjNkh0amttRk5OajQKfhWAhZ4NLlCLn4WowAzIpbdSCi/qzwjPEsSITBJTKxrATYxDTdzdyptE2mozpuGtVSeqrWE='
/** `zstd -1 --check` of the same words, made with the stock `zstd` 1.5.4. */
const knownZstd = 'KLUv/SQVqQAASG9sZGZhc3QgaG9sZHMgZmFzdC4KiA5x5A=='
const knownText = 'Holdfast holds fast.\n'

/**
 * Proves, in some milliseconds, that this runtime's codecs give the right answers and refuse a cut input: runtimes differ (some
 * accept cut zstd frames, Electron lacks the native cipher). `FAILED` where they don't: no backup may be made then.
 */
export async function selfTestCodecs(): Promise<void> {
  const failures: string[] = []
  const expect = (what: string, isRight: boolean) => {
    if (!isRight) failures.push(what)
  }
  const zstd = Buffer.from(knownZstd, 'base64')
  expect('zstd reads what zstd wrote', (await unpacked(zstd)) === knownText)
  expect('zstd reads what it wrote', (await unpacked(await packed(knownText))) === knownText)
  expect('zstd refuses a cut frame', (await unpacked(zstd.subarray(0, -1))) === null)
  expect('zstd refuses two frames', (await unpacked(Buffer.concat([zstd, zstd]))) === null)
  expect('gzip is there', createDecompressor('gzip') !== null)
  const age = await decrypted(Buffer.from(knownAge, 'base64'))
  expect('age reads what age wrote', age.text === knownText)
  expect('age refuses a cut file', age.isCutRefused)
  expect('both ciphers agree', ciphersAgree())
  if (failures.length === 0) return
  throw new AppError('FAILED', 'The compression or encryption of this runtime does not work as it must.', {
    detail: `Failed: ${failures.join('; ')}. Node.js ${process.versions.node}.`,
    remedy: 'Use a released build of Holdfast.',
  })
}

async function packed(text: string): Promise<Uint8Array> {
  const compressor = createCompressor({ name: 'zstd', level: 3 })
  compressor.end(text)
  const chunks: Uint8Array[] = []
  for await (const chunk of compressor as AsyncIterable<Uint8Array>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function unpacked(bytes: Uint8Array): Promise<string | null> {
  const iterator = Readable.from([bytes])[Symbol.asyncIterator]()
  const source = {
    read: async () => {
      const next = (await iterator.next()) as IteratorResult<Uint8Array, undefined>
      return next.done === true ? null : next.value
    },
  }
  const stage = decompress(source, 'zstd')
  const chunks: Uint8Array[] = []
  try {
    for (let chunk = await stage.read(); chunk !== null; chunk = await stage.read()) chunks.push(chunk)
    return Buffer.concat(chunks).toString()
  } catch (error) {
    if (error instanceof DecodeProblem) return null
    throw error
  } finally {
    stage.close()
  }
}

/** What the age file says, and whether it is refused when its last byte is missing: one key agreement for both. */
async function decrypted(file: Uint8Array): Promise<{ readonly text: string | null; readonly isCutRefused: boolean }> {
  const parts = new HeaderCollector().push(file)
  const fileKey = parts === null ? null : await openHeader(parts.header, [knownIdentity])
  if (parts === null || fileKey === null) return { text: null, isCutRefused: false }
  const open = (payload: Uint8Array) => {
    const decryptor = new PayloadDecryptor(fileKey)
    return Buffer.concat([decryptor.push(payload), decryptor.final()]).toString()
  }
  try {
    open(parts.rest.subarray(0, -1))
    return { text: open(parts.rest), isCutRefused: false }
  } catch (error) {
    if (!(error instanceof DecodeProblem)) throw error
    return { text: open(parts.rest), isCutRefused: true }
  }
}

function ciphersAgree(): boolean {
  const key = Buffer.alloc(32, 7)
  const plain = Buffer.alloc(blockBytes, 42)
  const [one, other] = [blockCipher, portableCipher].map((cipher) => {
    const sealed = Buffer.alloc(sealedBlockBytes)
    cipher.seal(key, blockNonce(3, false), plain, sealed, 0)
    return sealed
  })
  return one !== undefined && other !== undefined && one.equals(other)
}
