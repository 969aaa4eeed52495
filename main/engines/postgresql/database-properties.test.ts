import { describe, expect, it } from 'vitest'
import { adoptionStatements } from './adopt-properties.ts'
import { freshProperties, type DatabaseProperties } from './database-properties.ts'
import { exchangeStatements } from './swap.ts'
import { describeSessions } from './swap-sessions.ts'
import { parseMarker, retiredMarkerText } from './target-names.ts'

const fresh = freshProperties('owner', 'UTF8')
const live = (changes: Partial<DatabaseProperties>): DatabaseProperties => ({ ...fresh, ...changes })

describe('the statements that give a new database the properties of another', () => {
  it('are none where it has them already', () => {
    expect(adoptionStatements('x', fresh, fresh)).toEqual([])
  })

  it('keep a list a list, and everything else one text', () => {
    const setting = (name: string, value: string) => ({ role: null, name, value })
    const settings = [
      setting('search_path', '"$user", "a ""b"", c", public'),
      setting('temp_tablespaces', ''),
      setting('my.text', 'a, b'),
      setting('app.quote', "it's \\"),
    ]
    expect(adoptionStatements('d"b', live({ settings }), fresh)).toEqual([
      `ALTER DATABASE "d""b" SET "search_path" TO '$user', 'a "b", c', 'public'`,
      `ALTER DATABASE "d""b" SET "temp_tablespaces" TO ''`,
      `ALTER DATABASE "d""b" SET "my.text" TO 'a, b'`,
      `ALTER DATABASE "d""b" SET "app.quote" TO E'it''s \\\\'`,
    ])
  })

  it('grant in the order in which rights were passed on, each as the role that granted', () => {
    const grant = (grantor: string, grantee: string | null, isGrantable = false) => {
      return { grantor, grantee, privilege: 'CONNECT', isGrantable }
    }
    const grants = [grant('b', 'c'), grant('a', 'b', true), grant('owner', 'a', true)]
    expect(adoptionStatements('x', live({ grants }), fresh)).toEqual([
      'REVOKE ALL ON DATABASE "x" FROM "owner" CASCADE',
      'REVOKE ALL ON DATABASE "x" FROM PUBLIC CASCADE',
      'GRANT CONNECT ON DATABASE "x" TO "a" WITH GRANT OPTION',
      'SET ROLE "a"',
      'GRANT CONNECT ON DATABASE "x" TO "b" WITH GRANT OPTION',
      'RESET ROLE',
      'SET ROLE "b"',
      'GRANT CONNECT ON DATABASE "x" TO "c"',
      'RESET ROLE',
    ])
  })

  it('do not repeat the default privileges of another owner', () => {
    const other = freshProperties('"new" one', 'UTF8')
    expect(adoptionStatements('x', other, fresh)).toEqual(['ALTER DATABASE "x" OWNER TO """new"" one"'])
  })
})

describe('the one transaction of a swap', () => {
  it('renames, comments and opens, with every name quoted', () => {
    const names = { live: 'a"b', incoming: 'hf_x_a', retired: 'hf_x_old_a', marker: '{"x":"it\'s"}', comment: null }
    expect(exchangeStatements(names)).toEqual([
      'ALTER DATABASE "a""b" RENAME TO "hf_x_old_a"',
      'ALTER DATABASE "hf_x_a" RENAME TO "a""b"',
      `COMMENT ON DATABASE "hf_x_old_a" IS '{"x":"it''s"}'`,
      'COMMENT ON DATABASE "a""b" IS NULL',
      'ALTER DATABASE "a""b" ALLOW_CONNECTIONS true',
    ])
  })

  it('keeps a comment of any length and content in the marker', () => {
    const comment = `it's "${'ü\n\\'.repeat(5_000)}" {"holdfast":1}`
    expect(parseMarker(retiredMarkerText('here', 'run', comment))).toMatchObject({ role: 'retired', comment })
    expect(parseMarker(retiredMarkerText('here', 'run', null))?.comment).toBeNull()
  })
})

describe('describeSessions', () => {
  it('names the first ten', () => {
    const one = { pid: 7, user: 'u', application: '', client: null, isOurs: false, canEnd: true }
    expect(describeSessions([{ ...one, application: 'psql', client: '10.0.0.1' }])).toBe(
      'u with psql from 10.0.0.1 (pid 7)',
    )
    expect(describeSessions(Array.from({ length: 12 }, () => one))).toMatch(/^u \(pid 7\), .* and 2 more$/)
  })
})
