import { Decrypter, Encrypter } from 'age-encryption'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blockBytes, nativeCipher, portableCipher, sealedBlockBytes } from './age-cipher.ts'
import { decryptBytes, encryptBytes, fromArmor, toArmor } from './age-file.ts'
import { createHeader, maximumScryptLogN, passphraseIdentity, passphraseRecipient } from './age-header.ts'
import { PayloadDecryptor, PayloadEncryptor } from './age-payload.ts'
import { DecodeProblem } from './decode-problem.ts'
import { generateIdentity } from './keys.ts'
import { sampleBytes } from './artifact.testing.ts'

const sizes = [0, 1, blockBytes - 1, blockBytes, blockBytes + 1, 2 * blockBytes, 3 * blockBytes + 17]
const { identity, recipient } = await generateIdentity()
const payload = await sealedBlocks()

describe('age files written here', () => {
  it.each(sizes)('of %i bytes are read by the reference implementation', async (size) => {
    const plain = sampleBytes(size)
    const decrypter = new Decrypter()
    decrypter.addIdentity(identity)
    expect(Buffer.from(await decrypter.decrypt(await encryptBytes(plain, [recipient])))).toEqual(plain)
  })

  it.each(sizes)('of the reference implementation with %i bytes are read here', async (size) => {
    const plain = sampleBytes(size)
    const encrypter = new Encrypter()
    encrypter.addRecipient(recipient)
    const file = await encrypter.encrypt(plain)
    expect(Buffer.from((await decryptBytes(file, [identity])) ?? [])).toEqual(plain)
  })

  it('are opened by every recipient and by nobody else', async () => {
    const [second, stranger] = [await generateIdentity(), await generateIdentity()]
    const file = await encryptBytes(Buffer.from('secret'), [recipient, second.recipient])
    for (const each of [identity, second.identity]) {
      expect(Buffer.from((await decryptBytes(file, [each])) ?? []).toString()).toBe('secret')
    }
    expect(await decryptBytes(file, [stranger.identity])).toBeNull()
  })

  it('use a key and a nonce of their own each time', async () => {
    const [one, other] = [
      await encryptBytes(sampleBytes(100), [recipient]),
      await encryptBytes(sampleBytes(100), [recipient]),
    ]
    expect(Buffer.from(one).equals(other)).toBe(false)
  })
})

describe('payload', () => {
  const ciphers = [
    ['native', nativeCipher, portableCipher],
    ['portable', portableCipher, nativeCipher],
  ] as const

  it.each(ciphers)('%s cipher is read by the other one, however it is cut', async (_name, cipher, other) => {
    const { fileKey } = await createHeader([recipient])
    const plain = sampleBytes(3 * blockBytes + 5)
    const cuts = fc.array(fc.integer({ min: 1, max: 2 * blockBytes }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(cuts, cuts, (writes, reads) => {
        const encryptor = new PayloadEncryptor(fileKey, cipher)
        const sealed = Buffer.concat([
          ...inPieces(plain, writes).map((piece) => encryptor.push(piece)),
          encryptor.final(),
        ])
        const decryptor = new PayloadDecryptor(fileKey, other)
        const opened = [...inPieces(sealed, reads).map((piece) => decryptor.push(piece)), decryptor.final()]
        expect(Buffer.concat(opened).equals(plain)).toBe(true)
      }),
      { numRuns: 15 },
    )
  })

  const { fileKey, sealed } = payload
  const open = (bytes: Uint8Array) => {
    const decryptor = new PayloadDecryptor(fileKey)
    return Buffer.concat([decryptor.push(bytes), decryptor.final()])
  }
  const block = (index: number) => sealed.subarray(16 + index * sealedBlockBytes, 16 + (index + 1) * sealedBlockBytes)

  it('opens whole', () => {
    expect(open(sealed)).toEqual(sampleBytes(3 * blockBytes))
  })

  it.each([
    ['cut in the middle of a block', sealed.subarray(0, 16 + sealedBlockBytes + 100)],
    ['cut between blocks', sealed.subarray(0, 16 + 2 * sealedBlockBytes)],
    ['cut by one byte', sealed.subarray(0, -1)],
    ['cut inside the nonce', sealed.subarray(0, 7)],
    ['cut behind the nonce', sealed.subarray(0, 16)],
    ['with one byte more', Buffer.concat([sealed, Buffer.of(0)])],
    ['with two blocks exchanged', Buffer.concat([sealed.subarray(0, 16), block(1), block(0), block(2)])],
    ['with a block left out', Buffer.concat([sealed.subarray(0, 16), block(0), block(2)])],
    ['with a block twice', Buffer.concat([sealed.subarray(0, 16), block(0), block(0), block(1), block(2)])],
    ['with a flipped bit in the last block', flipped(sealed, sealed.length - 20)],
    ['with a flipped bit in the nonce', flipped(sealed, 3)],
  ])('%s is refused', (_what, bytes) => {
    expect(() => open(bytes)).toThrow(DecodeProblem)
  })

  it('names the block that was changed', () => {
    expect(() => open(flipped(sealed, 16 + sealedBlockBytes + 5))).toThrow(/Block 1 /)
  })

  it('says that a file cut between blocks was cut', () => {
    expect(() => open(sealed.subarray(0, 16 + 2 * sealedBlockBytes))).toThrow(/ends after block/)
  })
})

describe('passphrases', () => {
  it('open what they closed, here and in the reference implementation', async () => {
    const file = await encryptBytes(Buffer.from('kept'), [passphraseRecipient('correct horse', 10)])
    expect(Buffer.from((await decryptBytes(file, [passphraseIdentity('correct horse')])) ?? []).toString()).toBe('kept')
    expect(await decryptBytes(file, [passphraseIdentity('correct horsf')])).toBeNull()
    const decrypter = new Decrypter()
    decrypter.addPassphrase('correct horse')
    expect(await decrypter.decrypt(file, 'text')).toBe('kept')
  })

  it.each([maximumScryptLogN + 1, 40, 999])('refuse a work factor of 2^%i at once', async (logN) => {
    const file = await encryptBytes(Buffer.from('bomb'), [passphraseRecipient('x', 10)])
    const text = Buffer.from(file).toString('latin1')
    const hostile = Buffer.from(text.replace(/^(-> scrypt \S+) 10$/m, `$1 ${logN}`), 'latin1')
    const start = performance.now()
    await expect(decryptBytes(hostile, [passphraseIdentity('x')])).rejects.toThrow(DecodeProblem)
    expect(performance.now() - start).toBeLessThan(1000)
  })
})

describe('armor', () => {
  it('is undone', () => {
    expect(Buffer.from(fromArmor(toArmor(sampleBytes(1000))))).toEqual(sampleBytes(1000))
  })

  it('refuses what is not armored', () => {
    expect(() => fromArmor('nothing')).toThrow(DecodeProblem)
  })
})

async function sealedBlocks() {
  const header = await createHeader([recipient])
  const encryptor = new PayloadEncryptor(header.fileKey)
  const bytes = Buffer.concat([encryptor.push(sampleBytes(3 * blockBytes)), encryptor.final()])
  return { fileKey: header.fileKey, sealed: bytes }
}

function flipped(bytes: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

function inPieces(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const length = lengths[index % lengths.length] ?? 1
    pieces.push(bytes.subarray(at, at + length))
    at += length
  }
  return pieces
}
