import { describe, expect, it } from 'vitest'
import type { ToolSearch } from '../../tools/find-tools.ts'
import { scanScript } from '../plain-sql/scan.ts'
import { BackslashWatch } from './backslash-watch.ts'
import { PlainOmissions } from './plain-omissions.ts'
import { inOneTransaction } from './plain-restore.ts'
import { choosePsql, harmlessTraits, psqlGuard, type ScriptTraits } from './psql-tool.ts'

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size))
}

async function fed(script: string, isDrill: boolean, size: number): Promise<string> {
  const omissions = new PlainOmissions(isDrill)
  const { leftOut } = await scanScript(pieces(script, 100), { omits: (statement) => omissions.omits(statement) })
  const parts: Uint8Array[] = []
  for await (const part of inOneTransaction(pieces(script, size), leftOut, true)) parts.push(part)
  return Buffer.concat(parts).toString()
}

function traitsOf(script: string, size: number, hasRestriction: boolean): ScriptTraits {
  const watch = new BackslashWatch()
  const bytes = Buffer.from(script)
  for (let at = 0; at < bytes.length; at += size) watch.write(bytes.subarray(at, at + size))
  return watch.end(hasRestriction)
}

function found(...versions: readonly string[]): ToolSearch {
  return {
    name: 'psql',
    rejected: [],
    found: versions.map((version) => {
      const [major = 0, minor = 0] = version.split('.').map(Number)
      return {
        name: 'psql',
        program: 'psql',
        path: `/bin/${version}/psql`,
        flavour: 'PostgreSQL',
        version,
        major,
        minor,
      }
    }),
  }
}

describe('what psql gets', () => {
  it.each([1, 7, 1000])('is one transaction, without what the script has of its own, in pieces of %i', async (size) => {
    const script = '\\restrict x1\nBEGIN;\nSELECT 1;\nCOMMIT;\nCREATE SUBSCRIPTION s\n CONNECTION x;\n\\unrestrict x1\n'
    const text = await fed(script, false, size)
    const [guard, begin, ...rest] = text.split('\n')
    expect(guard).toMatch(/^\\restrict [0-9a-f]{48}$/)
    expect(begin).toBe('BEGIN;')
    expect(rest.map((line) => line.trim())).toEqual(['', '', 'SELECT 1;', '', '', '', '', '', ';', 'COMMIT;', ''])
    // Lines keep their places.
    expect(text.split('\n')).toHaveLength(script.split('\n').length + 5)
  })

  it('is in a restore test without what reaches other servers, runs by itself, or says whose something is', async () => {
    const script = `CREATE/**/PUBLICATION p; ALTER TABLE public.t OWNER TO x; GRANT SELECT ON t TO x; REVOKE ALL ON t FROM x;
      CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION f(); CREATE USER MAPPING FOR x SERVER s; REFRESH MATERIALIZED
      VIEW public.m; COMMENT ON EVENT TRIGGER e IS 'x'; SET default_tablespace = fast; ALTER DEFAULT PRIVILEGES GRANT x TO y;
      CREATE TABLE kept (a int);`
    const text = await fed(script, true, 50)
    expect(
      text
        .split(/[\n;]/)
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    ).toEqual([expect.stringContaining('restrict'), 'BEGIN', 'CREATE TABLE kept (a int)', 'COMMIT'])
    expect(await fed(script, false, 50)).toContain('OWNER TO x')
  })

  it('never commits what was not read to its end', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from('SELECT 1;\n'))
      throw new Error('the digest differs')
    }
    let text = ''
    const reading = (async () => {
      for await (const part of inOneTransaction(broken(), [], false)) text += Buffer.from(part).toString()
    })()
    await expect(reading).rejects.toThrow('the digest differs')
    expect(text).toContain('SELECT 1;')
    expect(text).not.toContain('COMMIT')
  })
})

describe('which psql may see a script', () => {
  it('is known of every version', () => {
    const guards = (major: number, minors: readonly number[]) => minors.map((minor) => psqlGuard({ major, minor }))
    expect(guards(13, [21, 22, 99])).toEqual(['none', 'partial', 'partial'])
    expect(guards(14, [18, 19, 23, 24])).toEqual(['none', 'partial', 'partial', 'whole'])
    expect(guards(15, [13, 14, 18, 19])).toEqual(['none', 'partial', 'partial', 'whole'])
    expect(guards(16, [9, 10, 14, 15])).toEqual(['none', 'partial', 'partial', 'whole'])
    expect(guards(17, [5, 6, 10, 11])).toEqual(['none', 'partial', 'partial', 'whole'])
    expect(guards(18, [0, 5, 6])).toEqual(['partial', 'partial', 'whole'])
    expect(guards(19, [0])).toEqual(['whole'])
    expect(guards(12, [99])).toEqual(['none'])
  })

  it('depends on the bytes of the script alone, whatever is quoted how', () => {
    for (const size of [1, 5, 100]) {
      const own = '\\restrict a\nCOPY t FROM stdin;\n\\N\n\\.\n\\unrestrict a\n'
      expect(traitsOf(own, size, true)).toEqual(harmlessTraits)
      expect(traitsOf(own, size, false)).toEqual({ liftsRestriction: true, hasBackslashes: true })
      expect(traitsOf(`${own}-- '\\x`, size, true)).toEqual({ liftsRestriction: false, hasBackslashes: true })
      expect(traitsOf(`${own}SELECT '\\unrestrict`, size, true)).toMatchObject({ liftsRestriction: true })
    }
  })

  it.each([
    [['15.18'], harmlessTraits, '15.18'],
    [['15.10'], harmlessTraits, '15.10'],
    [['15.18'], { liftsRestriction: false, hasBackslashes: true }, '15.18'],
    [['15.10'], { liftsRestriction: false, hasBackslashes: true }, null],
    [['15.18', '18.5'], { liftsRestriction: true, hasBackslashes: true }, null],
    [['15.18', '18.6'], { liftsRestriction: true, hasBackslashes: true }, '18.6'],
    [['15.18', '15.19', '18.6'], harmlessTraits, '15.19'],
    [['14.10', '16.14'], harmlessTraits, '16.14'],
  ])('of %j with %j it is %s', (versions, traits, expected) => {
    const choose = () => choosePsql(found(...versions), 150_018, traits).tool.version
    if (expected === null) expect(choose).toThrow(expect.objectContaining({ code: 'TOOL_TOO_OLD' }))
    else expect(choose()).toBe(expected)
  })

  it('is none where there is none', () => {
    expect(() => choosePsql(found(), 150_018, harmlessTraits)).toThrow(
      expect.objectContaining({ code: 'TOOL_MISSING' }),
    )
  })
})
