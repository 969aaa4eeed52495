import { describe, expect, it } from 'vitest'
import { scanScript } from './scan.ts'

async function passwordsIn(sql: string, dialect: 'postgresql' | 'mysql' = 'postgresql'): Promise<readonly string[]> {
  const source = (async function* () {
    yield await Promise.resolve(Buffer.from(sql))
  })()
  const { findings } = await scanScript(source, { dialect })
  return findings
    .filter(({ code, severity }) => code === 'PASSWORD' && severity === 'warning')
    .map(({ message }) => message)
}

const scram = 'SCRAM-SHA-256$4096:c2FsdHNhbHRzYWx0$c3RvcmVk:c2VydmVy'
const md5 = 'md5d41d8cd98f00b204e9800998ecf8427e'

describe('passwords in a script', () => {
  it.each([
    ["SELECT 1;\nCREATE ROLE app LOGIN PASSWORD 'hunter2';", 'A password', 2, "CREATE ROLE app LOGIN … PASSWORD '***'"],
    ["ALTER ROLE app ENCRYPTED PASSWORD 'hunter2';", 'A password', 1, "ALTER ROLE app … PASSWORD '***'"],
    [
      `ALTER ROLE app PASSWORD '${scram}';`,
      'The hash of a password',
      1,
      "ALTER ROLE app … PASSWORD 'SCRAM-SHA-256$***'",
    ],
    [`ALTER ROLE app PASSWORD '${md5}';`, 'The hash of a password', 1, "ALTER ROLE app … PASSWORD 'md5***'"],
    [
      "DO $$\nBEGIN\n  EXECUTE 'x';\n  CREATE USER a IDENTIFIED BY 'hunter2';\nEND $$;",
      'A password',
      4,
      "IDENTIFIED BY '***'",
    ],
    ["CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'a', password 'hunter2');", 'A password', 1, "password '***'"],
  ])('are found with their line, and never shown: %s', async (sql, what, line, excerpt) => {
    const [message = '', ...more] = await passwordsIn(sql)
    expect(more).toEqual([])
    expect(message.startsWith(`Line ${String(line)}: ${what} can be read in the file: `)).toBe(true)
    expect(message.endsWith(excerpt)).toBe(true)
    expect(message).not.toMatch(/hunter2|c2Fsd|d41d8/)
  })

  it('of MySQL, as hashes too', async () => {
    const hash = `*${'A'.repeat(40)}`
    const sql = `CREATE USER 'a'@'%' IDENTIFIED WITH mysql_native_password AS '${hash}';\nSET PASSWORD FOR 'a' = 'hunter2';`
    const found = await passwordsIn(sql, 'mysql')
    expect(found[0]).toMatch(/^Line 1: The hash of a password/)
    expect(found.join('\n')).not.toMatch(/AAAA|hunter2/)
  })

  it.each([
    "INSERT INTO notes VALUES ('the password ''is'' secret', 'md5d41d8cd98f00b204e9800998ecf8427e');",
    'CREATE TABLE users (id int, password text NOT NULL);',
    "COMMENT ON COLUMN users.password IS 'a hash';",
  ])('are not seen where there is none: %s', async (sql) => {
    expect(await passwordsIn(sql)).toEqual([])
  })
})
