import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Engine } from '../engines/engine.ts'
import { postgresqlEngine } from '../engines/postgresql/postgresql-engine.ts'
import { sqliteEngine } from '../engines/sqlite/sqlite-engine.ts'
import { findDumps } from './find-dumps.ts'
import { recogniseFile } from './recognise-file.ts'

const { signal } = new AbortController()
const engines = [sqliteEngine, postgresqlEngine] as unknown as readonly Engine<unknown>[]
const sql = Buffer.from('--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE a (b int);\n')
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-find-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function file(name: string, bytes: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

function search(limits = { depth: 8, entries: 1000 }) {
  return findDumps(engines, folder, limits, join(folder, 'home'), signal)
}

describe('loose dumps', () => {
  it('are found by content, whatever they are called, compressed ones too', async () => {
    file('holiday.jpg', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(200)]))
    file('a.sql.zst', zstdCompressSync(sql))
    file('b', gzipSync(sql))
    file('dump.sql', 'With kind regards')
    file('query.sql', 'SELECT 1;')
    const { dumps, isComplete } = await search()
    expect(dumps.map(({ path, format, compression }) => [path.slice(folder.length + 1), format, compression])).toEqual([
      ['a.sql.zst', 'plain', 'zstd'],
      ['b', 'plain', 'gzip'],
      ['holiday.jpg', 'sqlite', 'none'],
    ])
    expect(dumps[2]).toMatchObject({ sizeBytes: 216, hasManifest: false, isEncrypted: false })
    expect(isComplete).toBe(true)
  })

  it('are no strangers where a manifest lies beside them', async () => {
    const age = 'age-encryption.org/v1\n-> X25519 abc\nabc\n--- abc\n'
    file('a.age', age)
    file('b.age', age)
    file('b.age.manifest.json', '{}')
    const { dumps } = await search()
    expect(dumps.map(({ what, hasManifest }) => [what.includes('manifest is not beside'), hasManifest])).toEqual([
      [true, false],
      [false, true],
    ])
    expect(dumps[1]).toMatchObject({ what: 'backup of Holdfast, encrypted', remedy: null, isEncrypted: true })
  })

  it('are not looked for in the data folder of Holdfast', async () => {
    mkdirSync(join(folder, 'home'))
    file('home/catalog.sqlite', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(200)]))
    const { dumps, skipped } = await search()
    expect({ dumps, skipped }).toEqual({ dumps: [], skipped: [] })
  })

  it('are not looked for behind links, and what is not looked at is named', async () => {
    mkdirSync(join(folder, 'a/b/c'), { recursive: true })
    const other = mkdtempSync(join(tmpdir(), 'hf-find-other-'))
    writeFileSync(join(other, 'secret.sql'), sql)
    symlinkSync(other, join(folder, 'out'))
    file('a/b/c/deep.sql', sql)
    const found = await search({ depth: 2, entries: 1000 })
    rmSync(other, { recursive: true })
    expect(found.dumps).toEqual([])
    expect(found.skipped).toEqual(
      expect.arrayContaining([
        { path: join(folder, 'out'), why: 'a link, which is not followed' },
        { path: join(folder, 'a/b/c'), why: 'too deep' },
      ]),
    )
    expect(found.isComplete).toBe(false)
    expect((await search({ depth: 8, entries: 2 })).isComplete).toBe(false)
    await expect(
      findDumps(engines, join(folder, 'out'), { depth: 1, entries: 9 }, folder, signal),
    ).rejects.toMatchObject({
      code: 'NOT_A_REGULAR_FILE',
    })
  })
})

describe('a file of somebody else', () => {
  const zip = (flags: number) => Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4, 20, 0, flags, 0]), Buffer.alloc(40)])
  const tar = Buffer.alloc(1024)
  tar.write('toc.dat', 0)
  tar.write('ustar', 257)

  it.each([
    ['age', 'age-encryption.org/v1\n-> X25519 abc\n', /encrypted with age/, /age --decrypt/],
    ['gpg, for a key', Buffer.from([0x85, 0x01, 0x0c, 3, 1, 2, 3, 4, 5, 6]), /encrypted with gpg/, /gpg --output/],
    ['gpg, with a passphrase', Buffer.from([0x8c, 0x0d, 4, 9, 3, 8, 1, 2, 3]), /encrypted with gpg/, /gpg --output/],
    ['gpg, as text', '-----BEGIN PGP MESSAGE-----\n\nhQ', /encrypted with gpg/, /gpg --output/],
    ['openssl', 'Salted__01234567xyz', /openssl enc/, /openssl enc -d/],
    ['openssl, as text', 'U2FsdGVkX1+abcdefghijklmnopq\n', /openssl enc/, /openssl enc -d/],
    ['zip', zip(1), /zip archive with a password/, /7z x/],
    ['zip without one', zip(0), /a zip archive/, /unzip/],
    ['7z', Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4, 1]), /7z archive/, /7z x/],
    ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4]), /compressed with xz/, /xz --decompress/],
    ['a tar of pg_dump', tar, /pg_dump in the tar format/, /pg_restore --file/],
  ])('is named as what it is, with what to do: %s', async (_name, bytes, what, remedy) => {
    const path = file('x.dump', bytes)
    const failure = recogniseFile(engines, path, signal)
    await expect(failure).rejects.toMatchObject({
      code: 'FORMAT_UNKNOWN',
      message: expect.stringMatching(what),
      remedy: expect.stringMatching(remedy),
    })
    // Compressed around it makes no difference.
    await expect(recogniseFile(engines, file('y', zstdCompressSync(Buffer.from(bytes))), signal)).rejects.toThrow(what)
  })

  it('is not guessed at', async () => {
    await expect(
      recogniseFile(engines, file('x', Buffer.from([0x85, 0x01, 9, 9, 9, 9, 9, 9, 9])), signal),
    ).rejects.toThrow(/not a kind of backup/)
  })
})
