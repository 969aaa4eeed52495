import { describe, expect, it } from 'vitest'
import { sqlTokens } from '../../plain-sql/sql-tokens.ts'
import { normaliseDefinition, normaliseStatements, StatementsDigest } from './definition.ts'

const normalised = (definition: string) => normaliseDefinition([...sqlTokens(definition)])

const same = (first: string, second: string) => {
  expect(normalised(first)).toBe(normalised(second))
}
const different = (first: string, second: string) => {
  expect(normalised(first)).not.toBe(normalised(second))
}

describe('a normalised definition', () => {
  it('is the same before and after the rewriting of varchar IN (…)', () => {
    same(
      `CHECK (((s)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))`,
      `CHECK (((s)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text])))`,
    )
  })

  it.each([
    ["SELECT 'x'::timestamp(3) without time zone < y", "SELECT 'x' < y"],
    ["'1'::double precision + '2'::numeric(10,2)", "'1' + '2'"],
    [`v::app."my ""type"""[] = z`, 'v = z'],
    ["'1 day'::interval day to second(3) AND b", "'1 day' AND b"],
    ['a  +\n\t(b)', 'a + b'],
  ])('leaves casts, parentheses and white space out: %s', (first, second) => same(first, second))

  it.each([
    ["'a  b'", "'a b'"],
    ["'(a)'", "'a'"],
    ["'a::text'", "'a'"],
    ["E'it\\'s::text'", "E'it\\'s'"],
    ['"a (b)"', '"a b"'],
    ["'a' 'b'", "'a'' b'"],
    ['AS $$ SELECT  1 $$', 'AS $$ SELECT 1 $$'],
    ['AS $_$ SELECT ($1)::int $_$', 'AS $_$ SELECT $1 $_$'],
    ['numeric(10,2)', 'numeric(10,3)'],
    ['a = 1', 'a <> 1'],
    ['CREATE TABLE t (a int, b int)', 'CREATE TABLE t (b int, a int)'],
  ])('keeps what is in strings, names and functions apart: %s', (first, second) => different(first, second))

  it('does not depend on the order of columns in a table that inherits', () => {
    const table = (...items: string[]) => `CREATE TABLE app.c (\n    ${items.join(',\n    ')}\n)\nINHERITS (app.p);\n`
    const items = ['a numeric(10,2)', 'b text DEFAULT ARRAY[1, 2]', 'CONSTRAINT x CHECK (f(a, b))']
    same(table(...items), table(...items.toReversed()))
    different(table(...items), table(...items.slice(1)))
    different(table(...items), table(...items).replace('app.p', 'app.q'))
  })

  it('does not depend on the order of grants', () => {
    const grants = ['GRANT SELECT ON TABLE t TO a;', `GRANT UPDATE ON TABLE t TO "b;c";`]
    const digest = (statements: readonly string[]) => {
      const sum = new StatementsDigest()
      for (const statement of statements) sum.add(statement)
      return sum.value
    }
    expect(normaliseStatements(grants.join('\n'))).toHaveLength(2)
    expect(digest(normaliseStatements(grants.join('\n')))).toBe(
      digest(normaliseStatements(grants.toReversed().join('\n'))),
    )
    expect(digest(grants)).not.toBe(digest(grants.slice(1)))
    expect(digest([])).toBeNull()
  })
})
