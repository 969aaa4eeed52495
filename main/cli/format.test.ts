import { describe, expect, it } from 'vitest'
import { formatBytes, formatDuration, formatRatio, plural, printable, shellWord } from './format.ts'
import { facts, table } from './table.ts'

describe('figures', () => {
  it('are short', () => {
    expect([0, 1023, 1536, 157_286_400, 1.5 * 1024 ** 3, null].map(formatBytes)).toEqual([
      '0 B',
      '1023 B',
      '1.5 KiB',
      '150 MiB',
      '1.5 GiB',
      '–',
    ])
    expect([12, 4200, 59_990, 185_000, 8_040_000].map(formatDuration)).toEqual([
      '12 ms',
      '4.2 s',
      '1 min 00 s',
      '3 min 05 s',
      '2 h 14 min',
    ])
    expect([formatRatio(400, 100), formatRatio(null, 1), formatRatio(1, 0)]).toEqual(['4.0×', '–', '–'])
    expect([plural(1, 'copy', 'copies'), plural(1200, 'row')]).toEqual(['1 copy', '1,200 rows'])
  })
})

describe('printable', () => {
  it('takes the power from control sequences and text direction', () => {
    expect(printable('a\u001b[2Jb\n\u202ec\u0007')).toBe('a\\u{1b}[2Jb\\u{a}\\u{202e}c\\u{7}')
    expect(printable('a\n\tb\r', true)).toBe('a\n\tb\\u{d}')
  })
})

describe('shellWord', () => {
  it('quotes only what a shell would change', () => {
    expect(['plan.json', 'my plan', "it's", '$HOME'].map(shellWord)).toEqual([
      'plan.json',
      "'my plan'",
      String.raw`'it'\''s'`,
      "'$HOME'",
    ])
  })
})

describe('table', () => {
  it('lines columns up, also of wide characters, and makes names harmless', () => {
    const columns = [{ title: 'NAME' }, { title: 'ROWS', isNumeric: true }]
    const text = table(
      columns,
      [
        ['日本', '5'],
        ['a\u001b[31m', '12,345'],
      ],
      'nothing',
    )
    expect(text).toBe(['NAME           ROWS', '日本              5', 'a\\u{1b}[31m  12,345'].join('\n'))
    expect(table(columns, [], 'nothing')).toBe('nothing')
  })
  it('lines up a plan of 20,000 objects', () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => [`t_${String(index)}`, '–'])
    const lines = table([{ title: 'NAME' }, { title: 'ROWS', isNumeric: true }], rows, '').split('\n')
    expect([lines.length, lines[1], lines.at(-1)]).toEqual([20_001, 't_0         –', 't_19999     –'])
  })
  it('writes pairs and leaves out what is not there', () => {
    expect(
      facts([
        ['A', '1'],
        ['Long', null],
        ['B', 'x\ny'],
      ]),
    ).toBe('A  1\nB  x\\u{a}y')
  })
})
