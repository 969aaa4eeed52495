import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { AppError, ArchiveContents, type RowValue } from '../../../../preload/contract/index.ts'
import { isArchive } from './archive-head.ts'
import { customReader } from './custom-reader.ts'
import { fixture, objectOf, readArchive, testKey } from './testing/read-archive.ts'
import { readTableOfContents } from './toc.ts'

const versions = [15, 16, 18] as const

async function failure(reading: Promise<unknown>): Promise<AppError> {
  try {
    await reading
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('It was read.')
}

describe.each(versions)('a dump of PostgreSQL %i', (version) => {
  const dump = fixture(version)

  it('yields its objects', async () => {
    const contents = await readArchive(dump)
    expect(ArchiveContents.parse(contents)).toEqual(contents)
    expect(contents.format).toBe(`postgresql-custom 1.${{ 15: 14, 16: 15, 18: 16 }[version]}`)
    expect(objectOf(contents, '"App"."Ord er"')).toMatchObject({
      kind: 'table',
      schema: 'App',
      name: 'Ord er',
      columns: ['id', 'na\tme', 'b'],
      rows: 3,
      owner: 'postgres',
    })
    expect(objectOf(contents, 'public.zero')).toMatchObject({
      columns: [],
      rows: 2,
      privileges: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(objectOf(contents, 'public.tree')).toMatchObject({ rows: 5, partOf: null, columns: ['m', 'n'] })
    expect(objectOf(contents, 'public.leaf1', 'TABLE').partOf).toBe('public.tree')
    expect(objectOf(contents, 'public.filled')).toMatchObject({ kind: 'materialized-view', value: 'populated' })
    expect(objectOf(contents, 'public."se q"')).toMatchObject({ kind: 'sequence', value: '1, called' })
    expect(objectOf(contents, 'public."f (x)"(integer)')).toMatchObject({ kind: 'function', name: 'f (x)' })
    expect(objectOf(contents, '"App"."Ord er"."Ord er_pkey"')).toMatchObject({ kind: 'other', subtype: 'CONSTRAINT' })
    expect(objectOf(contents, 'large objects')).toMatchObject({ kind: 'large-objects', rows: 2 })
    expect(contents.notCovered.map(({ object }) => object)).toEqual(['"App"."Ord er".d', 'public.filled'])
  })

  it('is the same however it is cut into pieces', async () => {
    const whole = await readArchive(dump)
    for (const pieceBytes of [1, 7, 1000]) expect(await readArchive(dump, { pieceBytes })).toEqual(whole)
  })

  it('counts without a key', async () => {
    const contents = await readArchive(dump, { key: null })
    expect(objectOf(contents, '"App"."Ord er"')).toMatchObject({ rows: 3, fingerprint: null })
    expect(objectOf(contents, 'large objects')).toMatchObject({ rows: 2, fingerprint: null })
  })

  it('hands out the rows that are wanted, one after the other', async () => {
    const rows: (readonly RowValue[])[] = []
    let isBusy = false
    await readArchive(dump, {
      rows: {
        wants: ({ displayName }) => displayName !== 'public.leaf1',
        row: async (table, values) => {
          expect(isBusy).toBe(false)
          isBusy = true
          await new Promise((resolve) => setTimeout(resolve, 1))
          isBusy = false
          rows.push([table, ...values])
        },
      },
    })
    expect(rows).toEqual(
      expect.arrayContaining([
        ['"App"."Ord er"', '1', 'a', '\\x00ff'],
        ['"App"."Ord er"', '2', 'b\\', null],
        ['"App"."Ord er"', '3', null, '\\x'],
        ['public.child', '1', 'tab\tnewline\nend', '2024-02-29 12:00:00+00'],
        ['public.zero'],
        ['public.zero'],
      ]),
    )
    expect(rows).toHaveLength(6)
  })

  it('stops when the consumer has seen enough, even where the rest is missing', async () => {
    let rows = 0
    const contents = await readArchive(dump.subarray(0, -10), {
      rows: { wants: () => true, row: () => (rows += 1) < 2 },
    })
    expect(rows).toBe(2)
    expect(objectOf(contents, '"App"."Ord er"').rows).toBeNull()
  })

  it('is refused where it was cut off', async () => {
    for (let length = 0; length < dump.length; length += 10) {
      const error = await failure(readArchive(dump.subarray(0, length), { key: null }))
      expect(error.code).toBe('DUMP_INCOMPLETE')
    }
  })

  it('is refused with anything behind it', async () => {
    for (const more of ['\0', '\n', 'x', '\x01']) {
      const error = await failure(readArchive(Buffer.concat([dump, Buffer.from(more)])))
      expect(error).toMatchObject({ code: 'FORMAT_INVALID', detail: expect.stringContaining(`byte ${dump.length}`) })
    }
  })

  it('is refused with a block twice, or without one', async () => {
    const { entries } = await toc(dump)
    const tables = entries.filter(({ hasData }) => hasData)
    const last = dump.lastIndexOf(blockHead(3, tables.findLast(({ desc }) => desc === 'BLOBS')?.dumpId ?? 0))
    expect(last).toBeGreaterThan(0)
    const twice = Buffer.concat([dump.subarray(0, last), dump.subarray(last), dump.subarray(last)])
    expect((await failure(readArchive(twice))).code).toBe('FORMAT_INVALID')
    expect(await failure(readArchive(dump.subarray(0, last)))).toMatchObject({
      code: 'DUMP_INCOMPLETE',
      detail: expect.stringContaining('the data of'),
    })
  })

  it('finds a changed byte in a row, and names the column', async () => {
    const whole = objectOf(await readArchive(dump), '"App"."Ord er"')
    const changed = Buffer.from(dump)
    changed.write('\\x00fe', changed.indexOf('\\x00ff') - 1 + 1)
    const other = objectOf(await readArchive(changed), '"App"."Ord er"')
    expect(other.fingerprint?.sum).not.toBe(whole.fingerprint?.sum)
    expect(other.fingerprint?.ordered).not.toBe(whole.fingerprint?.ordered)
    expect(other.fingerprint?.columns).toEqual({ ...whole.fingerprint?.columns, b: expect.any(String) })
    expect(other.fingerprint?.columns['b']).not.toBe(whole.fingerprint?.columns['b'])
  })

  it('has a table of contents that can be read alone', async () => {
    const { head, entries } = await toc(dump)
    expect(head).toMatchObject({ compression: 'none', database: 'postgres', entryCount: entries.length })
    expect(entries.find(({ desc, tag }) => desc === 'TABLE DATA' && tag === 'Ord er')).toMatchObject({
      namespace: 'App',
      owner: 'postgres',
      hasData: true,
      catalogId: { tableOid: '0', oid: expect.stringMatching(/^\d+$/) },
      dependencies: [entries.find(({ desc, tag }) => desc === 'TABLE' && tag === 'Ord er')?.dumpId],
    })
  })
})

describe('an archive', () => {
  const dump = fixture(16)

  it('is recognised by its first bytes', () => {
    expect(isArchive(dump)).toBe(true)
    expect(isArchive(Buffer.from('PGDM'))).toBe(false)
    expect(isArchive(Buffer.from('SQLite format 3\0'))).toBe(false)
  })

  it('of an unknown version is refused as that', async () => {
    const newer = Buffer.from(dump)
    newer[6] = 17
    expect((await failure(readArchive(newer))).code).toBe('UNSUPPORTED')
  })

  it('of which the inside is compressed with something unknown is refused', async () => {
    const at = 11
    expect(dump[at]).toBe(0)
    for (const [code, expected] of [
      [2, 'UNSUPPORTED'],
      [1, 'FORMAT_INVALID'],
      [3, 'FORMAT_INVALID'],
      [9, 'FORMAT_INVALID'],
    ] as const) {
      const other = Buffer.from(dump)
      other[at] = code
      expect((await failure(readArchive(other))).code).toBe(expected)
    }
  })

  it('in which a compressed block blows up is read in little memory', async () => {
    const { entries } = await toc(dump)
    const table = entries.find(({ desc, tag }) => desc === 'TABLE DATA' && tag === 'zero')
    const start = dump.indexOf(blockHead(1, table?.dumpId ?? 0))
    const bomb = deflateSync(Buffer.alloc(40_000_000, '\n'), { level: 9 })
    const compressed = Buffer.from(dump.subarray(0, start))
    compressed[11] = 1
    const length = Buffer.alloc(5)
    length.writeUInt32LE(bomb.length, 1)
    const session = customReader.start({ key: testKey })
    let peak = 0
    const before = process.memoryUsage().rss
    // The blocks before it are not compressed, so the one that matters comes first.
    const head = compressed.subarray(0, firstBlock(dump, entries))
    for (const part of [head, blockHead(1, table?.dumpId ?? 0), length, bomb]) {
      await session.write(part)
      peak = Math.max(peak, process.memoryUsage().rss - before)
    }
    expect((await failure(session.end())).code).toBe('DUMP_INCOMPLETE')
    expect(peak).toBeLessThan(80_000_000)
  })

  it.each([
    ['number of entries', (at: number) => at, 'DUMP_INCOMPLETE'],
    ['length of a text', (at: number) => at + 10, 'TOO_LARGE'],
  ])('with a forged %s takes no memory for it', async (_, where, code) => {
    const { head } = await toc(dump)
    const at = where(dump.indexOf(Buffer.from([0, head.entryCount, 0, 0, 0])))
    const forged = Buffer.from(dump)
    forged.writeUInt32LE(0x7fffffff, at + 1)
    const before = process.memoryUsage().rss
    const error = await failure(readArchive(forged))
    expect(['FORMAT_INVALID', code]).toContain(error.code)
    expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000)
  })

  it('with a forged length of a data chunk is incomplete', async () => {
    const { entries } = await toc(dump)
    const start = firstBlock(dump, entries) + 6
    const forged = Buffer.from(dump)
    forged.writeUInt32LE(0x7fffffff, start + 1)
    const before = process.memoryUsage().rss
    const error = await failure(readArchive(forged))
    expect(['DUMP_INCOMPLETE', 'FORMAT_INVALID']).toContain(error.code)
    expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000)
    forged.writeUInt32LE(0xffffffff, start + 1)
    expect((await failure(readArchive(forged))).code).toBe('FORMAT_INVALID')
  })
})

async function toc(dump: Buffer) {
  return readTableOfContents(
    (async function* pieces() {
      for (let at = 0; at < dump.length; at += 100) yield dump.subarray(at, at + 100)
    })(),
  )
}

function blockHead(type: number, dumpId: number): Buffer {
  const head = Buffer.alloc(6)
  head[0] = type
  head.writeUInt32LE(dumpId, 2)
  return head
}

function firstBlock(dump: Buffer, entries: readonly { readonly hasData: boolean; readonly dumpId: number }[]): number {
  const places = entries.filter(({ hasData }) => hasData).map(({ dumpId }) => dump.lastIndexOf(blockHead(1, dumpId)))
  return Math.min(...places.filter((place) => place > 0))
}
