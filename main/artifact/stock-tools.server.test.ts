import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { usePrograms } from '../../e2e/servers/missing.ts'
import { makeArtifact, openBytes, readAll, sampleBytes } from './artifact.testing.ts'
import { blockBytes, sealedBlockBytes } from './age-cipher.ts'
import { decryptBytes, encryptBytes } from './age-file.ts'
import { generateIdentity } from './keys.ts'
import { createKit, openKit } from './recovery-kit.ts'
import { restoreByHand } from './restore-by-hand.ts'
import { generateSigningSeed } from './keys.ts'

usePrograms('age', 'age-keygen', 'zstd', 'gzip', 'script', 'sha256sum')

const run = promisify(execFile)
const never = new AbortController().signal
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-stock-'))
})
afterEach(() => rm(folder, { recursive: true }))

const at = (name: string) => join(folder, name)

/** Runs a line in a shell, as a person would. */
async function shell(line: string): Promise<Buffer> {
  const { stdout } = await run('bash', ['-o', 'pipefail', '-c', line], {
    cwd: folder,
    encoding: 'buffer',
    maxBuffer: 2 ** 28,
  })
  return stdout
}

async function identityFile(): Promise<{ readonly identity: string; readonly recipient: string }> {
  const pair = await generateIdentity()
  await writeFile(at('key.txt'), `${pair.identity}\n`)
  return pair
}

describe('the stock age', () => {
  it.each([0, 1, blockBytes, 3 * blockBytes, 3 * blockBytes + 1])(
    'reads %i bytes that were written here, and the other way round',
    async (size) => {
      const { identity, recipient } = await identityFile()
      const plain = sampleBytes(size)
      await writeFile(at('ours.age'), await encryptBytes(plain, [recipient]))
      expect((await shell('age -d -i key.txt ours.age')).equals(plain)).toBe(true)
      await writeFile(at('plain'), plain)
      await shell(`age -r ${recipient} -o theirs.age plain`)
      expect(Buffer.from((await decryptBytes(await readFile(at('theirs.age')), [identity])) ?? []).equals(plain)).toBe(
        true,
      )
    },
  )

  it('agrees about what is damaged', async () => {
    const { identity, recipient } = await identityFile()
    const whole = Buffer.from(await encryptBytes(sampleBytes(3 * blockBytes), [recipient]))
    const payload = whole.length - 16 - 3 * sealedBlockBytes + 16
    const block = (index: number) =>
      whole.subarray(payload + index * sealedBlockBytes, payload + (index + 1) * sealedBlockBytes)
    const damaged = {
      'cut in a block': whole.subarray(0, payload + 1000),
      'cut between blocks': whole.subarray(0, payload + 2 * sealedBlockBytes),
      'one byte more': Buffer.concat([whole, Buffer.of(0)]),
      'blocks exchanged': Buffer.concat([whole.subarray(0, payload), block(1), block(0), block(2)]),
      'a flipped bit': Buffer.from(whole).fill((whole[payload + 5] ?? 0) ^ 1, payload + 5, payload + 6),
      'a flipped bit in the header': Buffer.from(whole).fill((whole[60] ?? 0) ^ 1, 60, 61),
    }
    for (const [what, bytes] of Object.entries(damaged)) {
      await writeFile(at('damaged.age'), bytes)
      await expect(shell('age -d -i key.txt damaged.age'), what).rejects.toMatchObject({ code: 1 })
      const ours = await decryptBytes(bytes, [identity]).catch(() => null)
      expect(ours, what).toBeNull()
    }
  })
})

describe('a whole artifact', () => {
  const plaintext = sampleBytes(2_500_000)

  it.each([
    ['zstd', { name: 'zstd', level: 3 }],
    ['gzip', { name: 'gzip', level: 6 }],
    ['none', { name: 'none', level: null }],
  ] as const)('with %s is restored by the printed commands, with age and without', async (_name, compression) => {
    const { recipient } = await identityFile()
    for (const isEncrypted of [true, false]) {
      const { bytes, manifest } = await makeArtifact(plaintext, isEncrypted ? [recipient] : [], compression)
      await writeFile(at("it's; an artifact"), bytes)
      const lines = restoreByHand({
        artifact: "shop/orders/it's; an artifact",
        artifactSha256: manifest.artifactSha256,
        compression,
        isEncrypted,
        engineCommand: 'cat > restored',
      })
      for (const line of lines) await shell(line.replace('holdfast-kit.age', 'key.txt'))
      expect((await readFile(at('restored'))).equals(plaintext)).toBe(true)
    }
  })

  it('that was made with the stock tools is read here', async () => {
    const { identity, recipient } = await identityFile()
    const { manifest } = await makeArtifact(plaintext, [recipient])
    await writeFile(at('plain'), plaintext)
    const bytes = await shell(`zstd -q -1 --check -c plain | age -r ${recipient}`)
    const { createHash } = await import('node:crypto')
    const artifactSha256 = createHash('sha256').update(bytes).digest('hex')
    const source = openBytes(bytes, { ...manifest, artifactBytes: bytes.length, artifactSha256 }, [identity])
    const back = await readAll(source.open(never))
    expect(back.error).toBeNull()
    expect(back.bytes.equals(plaintext)).toBe(true)
  })

  it('is one frame with a checksum, says zstd', async () => {
    const { bytes } = await makeArtifact(plaintext, [])
    await writeFile(at('a.zst'), bytes)
    const said = (await shell('zstd -t a.zst 2>&1; zstd -lv a.zst')).toString()
    expect(said).toMatch(/Zstandard Frames: 1/)
    expect(said).toMatch(/Check: XXH64/)
  })
})

describe('a recovery kit', () => {
  it('is taken by the stock age as it is', async () => {
    const pair = await generateIdentity()
    await createKit(
      at('kit'),
      { ...pair, signingSeed: generateSigningSeed(), installation: 'i' },
      'the passphrase',
      new Date(),
    )
    await writeFile(at('secret.age'), await encryptBytes(Buffer.from('all is well'), [pair.recipient]))
    // age reads a passphrase from a terminal only.
    await shell(
      `(sleep 1; echo 'the passphrase'; sleep 4) | script -qec 'age -d -i kit/holdfast-kit.age -o out secret.age' /dev/null`,
    )
    expect((await readFile(at('out'))).toString()).toBe('all is well')
  })

  it('may be one that the stock age made', async () => {
    const pair = await identityFile()
    await shell(`(sleep 1; echo abc; sleep 1; echo abc; sleep 4) | script -qec 'age -p -o kit.age key.txt' /dev/null`)
    expect(await openKit(at('kit.age'), 'abc')).toEqual({ ...pair, signingSeed: null, installation: null })
  })
})
