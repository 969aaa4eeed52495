import { describe, expect, it } from 'vitest'
import { recogniseScript } from './recognise-script.ts'
import { scanScript, type ScanOptions, type ScriptReport } from './scan.ts'

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size))
}

/** Scans a text in pieces of 64 KiB. */
async function scan(sql: string | Uint8Array, options: ScanOptions = {}, size = 65_536): Promise<ScriptReport> {
  return scanScript(pieces(Buffer.from(sql as string), size), options)
}

async function errors(sql: string | Uint8Array): Promise<readonly string[]> {
  const { findings } = await scan(sql)
  return findings.filter(({ severity }) => severity === 'error').map(({ code }) => code)
}

const copy = 'COPY public.t (a, b) FROM stdin;\n1\t\\\\! touch canary\n\\\\! touch canary\tb\n\\.\n'

describe('a scan', () => {
  it.each([
    ['\\! touch canary\n', 'CLIENT_COMMAND'],
    ['SELECT 1 \\! touch canary\n;', 'CLIENT_COMMAND'],
    ['SELECT 1 \\g |touch canary\n', 'CLIENT_COMMAND'],
    ['SELECT 1\\;', 'CLIENT_COMMAND'],
    ['\\i /etc/passwd\n', 'CLIENT_COMMAND'],
    ['\\ir other.sql\r\n', 'CLIENT_COMMAND'],
    ["\\copy t from program 'touch canary'\n", 'CLIENT_COMMAND'],
    ['\\o |touch canary\n', 'CLIENT_COMMAND'],
    ['\\setenv PATH x', 'CLIENT_COMMAND'],
    ['\\unrestrict `touch canary`\n', 'CLIENT_COMMAND'],
    ['\\restrict a\nSELECT 1;\n\\unrestrict b\n', 'CLIENT_COMMAND'],
    ['\\restrict a\nSELECT 1;\n\\unrestrict a\nSELECT 2;\n', 'CLIENT_COMMAND'],
    ['\\c other\n', 'SECOND_DATABASE'],
    ['\\CONNECT other\n', 'CLIENT_COMMAND'],
    ['\\connect other\n', 'SECOND_DATABASE'],
    ["COPY t TO PROGRAM 'touch canary';", 'COPY_PROGRAM'],
    ["copy/**/(SELECT 'x' FROM t) /* FROM stdin */ to\nPROGRAM $$touch canary$$;", 'COPY_PROGRAM'],
    ["COPY t FROM PROGRAM E'touch\\'canary';", 'COPY_PROGRAM'],
    ["COPY t (a) FROM '/etc/passwd';", 'SERVER_FILE'],
    ["COPY t TO '/tmp/canary' WITH (FORMAT csv);", 'SERVER_FILE'],
    ['COPY t FROM stdin BINARY;\n', 'COPY_BINARY'],
    ['COPY t FROM stdin CSV;\n\\.\n', 'COPY_FORMAT'],
    ['COPY t FROM stdin WITH (FORMAT binary);\n\\.\n', 'COPY_BINARY'],
    ['COPY t FROM stdin; \\! touch canary\n1\n\\.\n', 'BEHIND_COPY'],
    ["DO $$ BEGIN EXECUTE 'COPY t TO PROGRAM ''touch canary'''; END $$;", 'COPY_PROGRAM'],
    ["SELECT pg_read_file('/etc/passwd');", 'SERVER_FILE'],
    ['SELECT "lo_export"(1, \'x\');', 'SERVER_FILE'],
    ["SELECT * FROM public.dblink('x', 'y');", 'OTHER_SERVER'],
    ['CREATE DATABASE other;', 'SECOND_DATABASE'],
    ['drop\n--\ndatabase other;', 'SECOND_DATABASE'],
    ['ALTER DATABASE other SET x = 1;', 'SECOND_DATABASE'],
    ["COMMENT ON DATABASE x IS 'y';", 'SECOND_DATABASE'],
    ['GRANT CONNECT ON DATABASE x TO y;', 'SECOND_DATABASE'],
    ['USE other;', 'SECOND_DATABASE'],
    ["ATTACH 'other.db' AS o;", 'ATTACH'],
    ["LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t;", 'LOAD_DATA'],
    ["SELECT 1 INTO OUTFILE '/tmp/canary';", 'INTO_OUTFILE'],
    ["SELECT load_extension('x');", 'LOAD_EXTENSION'],
    ['PRAGMA writable_schema = 1;', 'WRITABLE_SCHEMA'],
    ['DELIMITER ;;', 'OTHER_DIALECT'],
    ["LOAD 'canary';", 'LOAD_LIBRARY'],
    ['CREATE ROLE x SUPERUSER;', 'WHOLE_SERVER'],
    ['GRANT pg_execute_server_program TO x;', 'WHOLE_SERVER'],
    ["ALTER SYSTEM SET archive_command = 'touch canary';", 'SERVER_SETTING'],
    ['VACUUM;', 'NOT_IN_TRANSACTION'],
    ['CREATE UNIQUE INDEX CONCURRENTLY i ON t (a);', 'NOT_IN_TRANSACTION'],
    ['ROLLBACK;', 'ROLLBACK'],
    ["PREPARE TRANSACTION 'x';", 'PREPARED_TRANSACTION'],
    ["SELECT 'cut", 'TRUNCATED'],
    ['SELECT 1', 'TRUNCATED'],
    ['SELECT $a$ $$ $b$', 'TRUNCATED'],
    ['COPY t FROM stdin;\n1\n2', 'TRUNCATED'],
    ['COPY t FROM stdin;', 'TRUNCATED'],
    ['--\n-- PostgreSQL database dump\n--\n\nSELECT 1;\n', 'TRUNCATED'],
    ['SELECT 1;\0\n', 'NUL_BYTE'],
    ['COPY t FROM stdin;\r\n1\r\n\\.\r\n', 'LINE_BREAKS'],
  ])('names %j', async (sql, code) => {
    expect(await errors(sql)).toContain(code)
    // The same behind all that a text may hide it behind, however it is cut.
    for (const before of [copy, "SELECT 'a\n\\' || E'\\'';\n", '/* /* */ \\! */ -- \\!\n', 'SELECT $f$ $$ $f$;\n']) {
      const bytes = Buffer.from(before + sql.replace(/^--\n-- P/, 'SELECT 1 -- P'))
      if (sql.startsWith('--')) continue
      const whole = await scan(bytes)
      expect(
        whole.findings.map((finding) => finding.code),
        before,
      ).toContain(code)
      for (const size of [1, 7]) expect(await scan(bytes, {}, size)).toEqual(whole)
    }
  })

  it.each([
    copy,
    copy.replaceAll('\n', '\n'),
    "SELECT '\\! touch canary', E'\\'\\\\! x', U&'\\0041', \"a\\!\"\"\\i\";",
    "SELECT 'a''\n\\! touch canary\n';",
    'CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $_$\n\\! touch canary\n$$\n\\i x\n$_$;',
    'CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END;',
    'CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);',
    '-- \\! touch canary\n/* \\! /* nested */ \\i x */ SELECT 1;',
    'SELECT a$b$ FROM t; SELECT 1$$;$$;',
    'SELECT $1, $2;',
    "INSERT INTO t VALUES ('COPY t TO PROGRAM ''x''', 'pg_read_file(1)', 'USE x; DROP DATABASE y;');",
    'CREATE USER MAPPING FOR CURRENT_USER SERVER s;',
    'GRANT SELECT ON TABLE t TO x;',
    'COPY t TO stdout;',
    'COPY t FROM stdin;\n\\.\nCOPY t FROM stdin;\n\\N\n\\.x\n\\.\n\n\n',
    'CREATE TABLE t (a int);\r\n',
    'CREATE FUNCTION f() AS $$ a\r\n b\r\n $$;',
    '',
    '-- only a comment',
  ])('finds no error in %j', async (sql) => {
    for (const size of [1, 3, 65_536]) expect((await scan(sql, {}, size)).findings.filter(isError)).toEqual([])
  })

  it('does not guess what stands behind the part of a COPY that it keeps', async () => {
    expect(await errors(`COPY t (${'a, '.repeat(600_000)}) TO PROGRAM 'x';`)).toEqual(['STATEMENT_TOO_LONG'])
  })

  it('takes backslashes in strings as escapes where the script says so', async () => {
    const before = 'SET standard_conforming_strings = off;\n'
    expect(await errors(`${before}SELECT '\\' \\! x';`)).toEqual([])
    expect(await errors(`${before}SELECT '\\'' \\! touch canary\n;`)).toContain('CLIENT_COMMAND')
  })

  it('says the line, a fix, and how many more there are', async () => {
    const { findings } = await scan(`SELECT 1;\n\n${'\\! x\n'.repeat(100)}`)
    expect(findings[0]).toMatchObject({ message: expect.stringMatching(/^Line 3: /), fix: expect.stringMatching(/./) })
    expect(findings).toHaveLength(21)
    expect(findings.at(-1)?.message).toBe('80 more of the kind CLIENT_COMMAND.')
  })

  it('warns of passwords, of code that runs on the server, and of what reaches beyond it', async () => {
    const { findings } = await scan(`CREATE USER MAPPING FOR x SERVER s OPTIONS (user 'u', password 'p');
      CREATE SUBSCRIPTION s CONNECTION 'host=h password=p' PUBLICATION p;
      CREATE EXTENSION IF NOT EXISTS "plpython3u" WITH SCHEMA x; CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION f();
      CREATE FUNCTION f() RETURNS int LANGUAGE plperlu SECURITY DEFINER AS $$ system("touch canary") $$;
      CREATE FUNCTION g() AS $$ COPY t TO PROGRAM 'x' $$; DO $$ BEGIN PERFORM 1; END $$;`)
    expect(findings.filter(isError)).toEqual([])
    expect(findings.map(({ code }) => code)).toEqual([
      'PASSWORD',
      'PASSWORD',
      'UNTRUSTED_EXTENSION',
      'EVENT_TRIGGER',
      'UNTRUSTED_LANGUAGE',
      'SECURITY_DEFINER',
      'SERVER_CODE',
      'SERVER_CODE',
    ])
  })

  it('leaves out the marks of transactions, the byte order mark, and the restriction of pg_dump', async () => {
    const sql = '\u{feff}--\n\\restrict aB1\n\nBEGIN;\nSELECT 1;\nCOMMIT;\n--\n\\unrestrict aB1\n'
    const { findings, leftOut } = await scan(sql)
    expect(findings.map(({ severity }) => severity)).toEqual(['info', 'info', 'info'])
    const bytes = Buffer.from(sql)
    const texts = leftOut.map(({ start, end }) => bytes.toString('utf8', start, end))
    expect(texts).toEqual(['\u{feff}', '\\restrict aB1\n', 'BEGIN;', 'COMMIT;', '\\unrestrict aB1\n'])
  })
})

describe('recogniseScript', () => {
  it.each([
    ['--\n-- PostgreSQL database dump\n--\n', 'postgresql'],
    ['/* x */ -- y\n create table t (a int);', 'postgresql'],
    ['\\! touch canary\n', 'postgresql'],
    ['\u{feff}SELECT 1;', 'postgresql'],
    ['-- MySQL dump 10.13  Distrib 8.0\n', 'mysql'],
    ['/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19\n', 'mysql'],
    ['PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;', 'sqlite'],
    ['.shell touch canary\n', 'sqlite'],
    ['', null],
    ['hello', null],
    ['PGDMP\u0001', null],
    ['SQLite format 3\0', null],
    ['-- only a comment', null],
  ])('reads %j', (head, expected) => {
    expect(recogniseScript(Buffer.from(head))).toBe(expected)
  })

  it('reads UTF-16', () => {
    expect(recogniseScript(Buffer.from('\u{feff}SELECT 1;', 'utf16le'))).toBe('postgresql')
  })
})

function isError({ severity }: { readonly severity: string }): boolean {
  return severity === 'error'
}
