import { describe, expect, it } from 'vitest'
import type { RowValue } from '../../../../preload/contract/index.ts'
import { customReader } from './custom-reader.ts'
import { objectOf, readArchive, testKey } from './testing/read-archive.ts'
import { archiveHead, blockStart, dataBlock, endOfRows, integer, tableEntries } from './testing/write-archive.ts'

const isLong = process.env['HOLDFAST_LONG'] === '1'

describe('the reader', () => {
  it('does not keep a large field', async () => {
    const fieldBytes = isLong ? 400_000_000 : 96_000_000
    const session = customReader.start({ key: testKey })
    const batch = Buffer.alloc(1_000_000, 'ab')
    await session.write(archiveHead(tableEntries(1, 't', ['a', 'b'])))
    await session.write(Buffer.concat([blockStart(2), integer(fieldBytes + 4), Buffer.from('1\t')]))
    const before = process.memoryUsage().rss
    let peak = 0
    for (let left = fieldBytes; left > 0; left -= batch.length) {
      await session.write(batch)
      peak = Math.max(peak, process.memoryUsage().rss - before)
    }
    await session.write(
      Buffer.concat([Buffer.from('b\n'), integer(endOfRows.length), Buffer.from(endOfRows), integer(0)]),
    )
    expect(objectOf(await session.end(), 'public.t').rows).toBe(1)
    expect(peak).toBeLessThan(40_000_000)
  })

  it('reads 10,000 tables in memory that depends on their number', async () => {
    const count = 10_000
    const entries = Array.from({ length: count }, (_, index) =>
      tableEntries(2 * index + 1, `t${index}`, ['a', 'b']),
    ).flat()
    const blocks = entries
      .filter(({ copyStatement }) => copyStatement !== undefined)
      .map(({ dumpId }) => dataBlock(dumpId, [`${dumpId}\tx\n`, endOfRows]))
    const archive = Buffer.concat([archiveHead(entries), ...blocks])
    const before = process.memoryUsage().rss
    const contents = await readArchive(archive)
    expect(contents.objects).toHaveLength(count)
    expect(objectOf(contents, 'public.t9999').rows).toBe(1)
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000)
  })

  it('gives the same for rows and columns in another order, in chunks of any size', async () => {
    const read = async (columns: readonly string[], pieces: readonly string[]) =>
      objectOf(
        await readArchive(Buffer.concat([archiveHead(tableEntries(1, 't', columns)), dataBlock(2, pieces)])),
        'public.t',
      ).fingerprint
    const first = await read(['a', 'b'], ['1\tx\n', '2\ty\n', endOfRows])
    const second = await read(['b', 'a'], ['y\t', '2\nx', '\t1\n\\', '.\n'])
    expect(second).toEqual({ ...first, ordered: expect.any(String) })
    expect(second?.ordered).not.toBe(first?.ordered)
  })

  it.each([
    ['a field too many', ['1\t2\t3\n', endOfRows]],
    ['a field too few', ['1\n', endOfRows]],
    ['no end line', ['1\t2\n']],
    ['an unfinished row', ['1\t2\n3']],
    ['rows behind the end line', ['1\t2\n', '\\.\n1\t2\n']],
    ['an end line without its newline', ['1\t2\n', '\\.']],
  ])('refuses %s', async (_, pieces) => {
    const archive = Buffer.concat([archiveHead(tableEntries(1, 't', ['a', 'b'])), dataBlock(2, pieces)])
    for (const pieceBytes of [1, 1000]) {
      await expect(readArchive(archive, { pieceBytes })).rejects.toMatchObject({
        code: 'FORMAT_INVALID',
        detail: expect.stringContaining('public.t'),
      })
    }
  })

  it('refuses two entries with data of one number, and columns of one name', async () => {
    const [table, data] = tableEntries(1, 't', ['a'])
    const twice = archiveHead([table, data, data].filter((entry) => entry !== undefined))
    await expect(readArchive(twice)).rejects.toMatchObject({ code: 'FORMAT_INVALID' })
    await expect(readArchive(archiveHead(tableEntries(1, 't', ['a', 'a'])))).rejects.toMatchObject({
      code: 'FORMAT_INVALID',
    })
  })

  it('survives partitions that are parts of each other', async () => {
    const tree = (name: string, dumpId: number, parent: string) => [
      { dumpId, desc: 'TABLE', tag: name, definition: `CREATE TABLE public.${name} (a int) PARTITION BY LIST (a);` },
      {
        dumpId: dumpId + 1,
        desc: 'TABLE ATTACH',
        tag: name,
        definition: `ALTER TABLE ONLY public.${parent} ATTACH PARTITION public.${name} DEFAULT;`,
      },
    ]
    const contents = await readArchive(archiveHead([...tree('x', 1, 'y'), ...tree('y', 3, 'x')]))
    expect(contents.objects).toHaveLength(4)
  })

  it('lists rows that are INSERT statements as not covered', async () => {
    const archive = Buffer.concat([
      archiveHead([{ dumpId: 1, desc: 'TABLE DATA', tag: 't', copyStatement: '' }]),
      dataBlock(1, ["INSERT INTO public.t VALUES ('\\.');\n"]),
    ])
    const contents = await readArchive(archive)
    expect(objectOf(contents, 'public.t')).toMatchObject({ rows: null, fingerprint: null, subtype: 'TABLE DATA' })
    expect(contents.notCovered).toMatchObject([{ object: 'public.t' }])
  })

  it('tells apart objects of one name', async () => {
    const operator = (dumpId: number, type: string) => {
      return { dumpId, desc: 'OPERATOR', tag: '+', definition: `CREATE OPERATOR public.+ (LEFTARG = ${type});` }
    }
    const read = async (...types: readonly string[]) =>
      (await readArchive(archiveHead(types.map((type, index) => operator(index + 1, type))))).objects
    const both = await read('int', 'text')
    expect(both.map(({ displayName }) => displayName)).toEqual(['public.+', 'public.+ (2)'])
    expect(await read('text', 'int')).toEqual(both)
  })

  it('stops where its signal says so', async () => {
    const archive = archiveHead(tableEntries(1, 't', ['a']))
    await expect(readArchive(archive, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
  })

  it('hands out a row that is longer than a batch', async () => {
    const rows: (readonly RowValue[])[] = []
    const long = 'long\\n'.repeat(100_000)
    const archive = Buffer.concat([
      archiveHead(tableEntries(1, 't', ['a', 'b'])),
      dataBlock(2, [`1\t${long}\n`, `2\t\\N\n`, endOfRows]),
    ])
    await readArchive(archive, { rows: { wants: () => true, row: (_, values) => void rows.push(values) } })
    expect(rows).toEqual([
      ['1', 'long\n'.repeat(100_000)],
      ['2', null],
    ])
  })
})
