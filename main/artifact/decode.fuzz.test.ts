import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AppError } from '../../preload/contract/index.ts'
import { decryptBytes, encryptBytes } from './age-file.ts'
import { passphraseIdentity } from './age-header.ts'
import { makeArtifact, openBytes, readAll, sampleBytes } from './artifact.testing.ts'
import { DecodeProblem } from './decode-problem.ts'
import { generateIdentity } from './keys.ts'

const { identity, recipient } = await generateIdentity()
const never = new AbortController().signal
const codes = ['ARTIFACT_ALTERED', 'ARTIFACT_TRUNCATED', 'ARTIFACT_UNREADABLE', 'KEY_MISSING']

/** Some edits: at a place, so many bytes are replaced by others. */
function edits(length: number) {
  const edit = fc.tuple(fc.nat({ max: length - 1 }), fc.nat({ max: 4 }), fc.uint8Array({ maxLength: 4 }))
  return fc.array(edit, { minLength: 1, maxLength: 4 })
}

function apply(bytes: Uint8Array, list: readonly (readonly [number, number, Uint8Array])[]): Buffer {
  return list.reduce(
    (all, [at, removed, added]) => Buffer.concat([all.subarray(0, at), added, all.subarray(at + removed)]),
    Buffer.from(bytes),
  )
}

it('age headers that were changed, or are noise, give a typed error or no key', async () => {
  const file = Buffer.from(await encryptBytes(Buffer.from('text'), [recipient]))
  const check = async (bytes: Uint8Array) => {
    try {
      const plain = await decryptBytes(bytes, [identity, passphraseIdentity('x')])
      if (plain !== null) expect(Buffer.from(plain).toString()).toBe('text')
    } catch (error) {
      expect(error).toBeInstanceOf(DecodeProblem)
    }
  }
  await fc.assert(
    fc.asyncProperty(edits(file.length), (list) => check(apply(file, list))),
    { numRuns: 150 },
  )
  const prefixed = fc.tuple(
    fc.constantFrom('', 'age-encryption.org/v1\n', 'age-encryption.org/v1\n-> '),
    fc.uint8Array({ maxLength: 300 }),
  )
  await fc.assert(
    fc.asyncProperty(prefixed, ([head, bytes]) => check(Buffer.concat([Buffer.from(head), bytes]))),
    { numRuns: 300 },
  )
  await check(Buffer.concat([Buffer.from('age-encryption.org/v1\n'), Buffer.alloc(500_000, 0x41)]))
})

it.each([
  ['zstd', { name: 'zstd', level: 1 }, []],
  ['gzip', { name: 'gzip', level: 1 }, []],
  ['age and zstd', { name: 'zstd', level: 1 }, [recipient]],
] as const)(
  'artifacts of %s that were changed never give the whole plaintext, and a typed error',
  async (_name, compression, recipients) => {
    const plaintext = sampleBytes(3000)
    const { bytes, manifest } = await makeArtifact(plaintext, recipients, compression)
    await fc.assert(
      fc.asyncProperty(edits(bytes.length), fc.integer({ min: 1, max: 500 }), async (list, pieceBytes) => {
        const damaged = apply(bytes, list)
        const back = await readAll(openBytes(damaged, manifest, [identity], pieceBytes).open(never))
        if (damaged.equals(bytes)) {
          expect(back.error).toBeNull()
          return
        }
        expect(back.bytes.length).toBeLessThan(plaintext.length)
        if (!(back.error instanceof AppError)) throw back.error
        expect(codes).toContain(back.error.code)
      }),
      { numRuns: 120 },
    )
  },
)
