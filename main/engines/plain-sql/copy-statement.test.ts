import { describe, expect, it } from 'vitest'
import { splitRow } from './copy-rows.ts'
import { parseCopyStatement } from './copy-statement.ts'
import { decodeUtf8, encodingOf, textDecoding } from './text-decoding.ts'

describe('parseCopyStatement', () => {
  it.each([
    ['COPY s.t (a, b) FROM stdin;', { schema: 's', name: 't', columns: ['a', 'b'] }],
    ['COPY s.t  FROM stdin;\n', { schema: 's', name: 't', columns: [] }],
    ['COPY t ("a, ""b)") FROM stdin;', { schema: null, name: 't', columns: ['a, "b)'] }],
    ['COPY "FROM"."stdin;" ("(") FROM stdin;', { schema: 'FROM', name: 'stdin;', columns: ['('] }],
  ])('reads %s', (statement, expected) => {
    expect(parseCopyStatement(statement)).toEqual(expected)
  })

  it.each([
    'COPY s.t (a, a) FROM stdin;',
    "COPY s.t (a) FROM '/etc/passwd';",
    'COPY s.t (a) FROM stdin; SELECT 1;',
    'COPY s.t (a FROM stdin;',
    'COPY (SELECT 1) TO stdout;',
    'COPY s.t (a,) FROM stdin;',
    '',
  ])('refuses %s', (statement) => {
    expect(parseCopyStatement(statement)).toBeNull()
  })
})

describe('splitRow', () => {
  it.each([
    ['', ['']],
    ['\\N', [null]],
    ['a\t\\N\t\t\\\\N', ['a', null, '', '\\N']],
    ['\\b\\f\\n\\r\\t\\v\\\\', ['\b\f\n\r\t\v\\']],
    ['\\x41\\101\\.x\\', ['AA.x\\']],
  ])('undoes the escapes of %j', (line, expected) => {
    expect(splitRow(Buffer.from(line), decodeUtf8)).toEqual(expected)
  })
})

describe('text decoding', () => {
  it('keeps different bytes different where they are no UTF-8', () => {
    expect(decodeUtf8(Buffer.from('ü'))).toBe('ü')
    expect(decodeUtf8(Buffer.of(0xfc))).not.toBe(decodeUtf8(Buffer.of(0xfd)))
  })

  it('knows the encodings of PostgreSQL', () => {
    expect(textDecoding('LATIN1')(Buffer.of(0xfc, 0x80))).toBe('ü\u0080')
    expect(textDecoding('WIN1251')(Buffer.of(0xc6))).toBe('Ж')
    expect(textDecoding('EUC_JP')(Buffer.of(0xa4, 0xa2))).toBe('あ')
    expect(textDecoding('SQL_ASCII')(Buffer.from('ü'))).toBe('ü')
    expect(encodingOf("SET client_encoding = 'LATIN1';\n")).toBe('LATIN1')
    expect(encodingOf('SELECT 1;')).toBeNull()
  })
})
