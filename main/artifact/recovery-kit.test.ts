import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encryptBytes, toArmor } from './age-file.ts'
import { passphraseRecipient } from './age-header.ts'
import { fingerprintOf, generateIdentity, generateSigningSeed, signingKeyFromSeed } from './keys.ts'
import { createKit, kitFilesIn, openKit, verifyKit, type KitContents } from './recovery-kit.ts'

const passphrase = 'correct horse battery staple'
let folder: string
let contents: KitContents
const now = new Date('2026-01-02T03:04:05.000Z')

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-kit-'))
  contents = { ...(await generateIdentity()), signingSeed: generateSigningSeed(), installation: '<b>id</b>' }
  await createKit(join(folder, 'kit'), contents, passphrase, now, 10)
})
afterAll(() => rm(folder, { recursive: true }))

const kit = () => kitFilesIn(join(folder, 'kit'))

/** A file like a kit, made quickly. */
async function fileWith(
  name: string,
  text: string,
  change: (bytes: Buffer) => Uint8Array | string = (bytes) => bytes,
): Promise<string> {
  const path = join(folder, name)
  await writeFile(
    path,
    change(Buffer.from(await encryptBytes(Buffer.from(text), [passphraseRecipient(passphrase, 8)]))),
  )
  return path
}

describe('a recovery kit', () => {
  it('gives back what it keeps', async () => {
    const opened = await openKit(kit().key, passphrase)
    expect(opened.identity).toBe(contents.identity)
    expect(opened.recipient).toBe(contents.recipient)
    expect(opened.installation).toBe(contents.installation)
    expect(Buffer.from(opened.signingSeed ?? []).equals(contents.signingSeed ?? Buffer.alloc(0))).toBe(true)
  })

  it('is private, and holds no secret in the open', async () => {
    const seed = Buffer.from(contents.signingSeed ?? []).toString('base64')
    for (const path of [kit().key, kit().page]) {
      if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
      const text = await readFile(path, 'latin1')
      for (const secret of [contents.identity, seed, passphrase]) expect(text).not.toContain(secret)
    }
  })

  it('has a page that says what is needed and loads nothing', async () => {
    const page = await readFile(kit().page, 'utf8')
    expect(page).toContain(fingerprintOf(contents.recipient))
    expect(page).toContain(signingKeyFromSeed(contents.signingSeed ?? Buffer.alloc(32)).publicKey.replaceAll('=', '='))
    expect(page).toContain('age -d -i holdfast-kit.age')
    expect(page).toContain('&#60;b&#62;id')
    expect(page).not.toMatch(/<b>|https?:|src=|href=|<script|url\(/i)
  })

  it('is proved by a decryption, and only for its own key', async () => {
    expect((await verifyKit(kit().key, passphrase, contents.recipient)).identity).toBe(contents.identity)
    const other = await generateIdentity()
    const work = verifyKit(kit().key, passphrase, other.recipient)
    await expect(work).rejects.toMatchObject({ code: 'KIT_INVALID' })
    await expect(work).rejects.toHaveProperty('detail', expect.stringContaining(fingerprintOf(other.recipient)))
  })

  it('does not open with another passphrase', async () => {
    await expect(openKit(kit().key, 'correct horse battery stapl')).rejects.toMatchObject({ code: 'PASSPHRASE_WRONG' })
    await expect(openKit(kit().key, '')).rejects.toMatchObject({ code: 'PASSPHRASE_WRONG' })
  })

  it('is never overwritten, nor half of it', async () => {
    const before = await readFile(kit().key)
    await expect(createKit(kit().folder, contents, passphrase, now, 10)).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
    })
    expect((await readFile(kit().key)).equals(before)).toBe(true)
    const half = join(folder, 'half')
    await createKit(half, contents, passphrase, now, 10)
    await rm(kitFilesIn(half).key)
    await expect(createKit(half, contents, passphrase, now, 10)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    expect(await readdir(half)).toEqual(['holdfast-kit.html'])
  })

  it('needs a passphrase', async () => {
    await expect(createKit(join(folder, 'empty'), contents, '', now, 10)).rejects.toMatchObject({ code: 'USAGE' })
  })
})

describe('other files', () => {
  it('an identity file made with age alone, armored, opens without signing seed', async () => {
    const path = await fileWith('foreign.age', `# public key: x\n${contents.identity}\n`, (bytes) => toArmor(bytes))
    expect(await openKit(path, passphrase)).toEqual({ ...contents, signingSeed: null, installation: null })
  })

  it.each([
    ['no identity', '# nothing\n', undefined],
    ['two identities', 'AGE-SECRET-KEY-1A\nAGE-SECRET-KEY-1B\n', undefined],
    ['a short seed', '# holdfast signing seed: AAAA\n@@\n', undefined],
    [
      'an identity with a typing error',
      'AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ\n',
      undefined,
    ],
    ['its end missing', '@@\n', (bytes: Buffer) => bytes.subarray(0, -3)],
    ['a flipped bit', '@@\n', (bytes: Buffer) => bytes.fill(0, bytes.length - 2, bytes.length - 1)],
    [
      'a work factor of 2^60',
      '@@\n',
      (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace(/ 8\n/, ' 60\n'), 'latin1'),
    ],
    ['nothing in it', '', () => Buffer.alloc(0)],
    ['noise in it', '', () => Buffer.alloc(5000, 0x2d)],
    ['too many bytes', '', () => Buffer.alloc(300 * 1024)],
  ])('a kit with %s is invalid', async (what, text, change) => {
    const path = await fileWith(`${what.replaceAll(/\W/g, '-')}.age`, text.replace('@@', contents.identity), change)
    await expect(openKit(path, passphrase)).rejects.toMatchObject({ code: 'KIT_INVALID' })
  })

  it('a kit for recipients, not for a passphrase, does not open', async () => {
    const path = join(folder, 'recipient.age')
    await writeFile(path, await encryptBytes(Buffer.from('x'), [contents.recipient]))
    await expect(openKit(path, passphrase)).rejects.toMatchObject({ code: 'PASSPHRASE_WRONG' })
  })

  it('a folder, or nothing, is named', async () => {
    await expect(openKit(folder, passphrase)).rejects.toMatchObject({ code: 'KIT_INVALID' })
    await expect(openKit(join(folder, 'nowhere'), passphrase)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
