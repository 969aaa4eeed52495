import { describe, expect, it } from 'vitest'
import { usePostgres } from '../../../../e2e/servers/postgres.ts'
import type { ArchiveContents, ArchiveObject, RowValue } from '../../../../preload/contract/index.ts'
import { plainSqlReader } from '../../plain-sql/plain-reader.ts'
import { displayIdentifier } from '../object-names.ts'
import { dumpDatabase, dumpToFile, restore } from './testing/dump-database.ts'
import { objectOf, readArchive } from './testing/read-archive.ts'
import { trapSchema } from './testing/trap-schema.ts'

/** What has to be equal in a restored database: all but the order of rows and columns, and which leaf has which rows. */
function comparable(contents: ArchiveContents): Map<string, unknown> {
  const entries = contents.objects.map((object): [string, unknown] => {
    // Texts for people are as the server spells them, which it does anew after a restore; `definition` counts.
    const { columns, fingerprint, rows, partOf, structure: _, ...rest } = object
    const content = fingerprint === null ? rows : { ...fingerprint, ordered: null }
    const name = JSON.stringify([object.kind, object.subtype, object.displayName])
    return [name, { ...rest, partOf, columns: columns.toSorted(), content: partOf === null ? content : null }]
  })
  return new Map(entries)
}

describe.each([15, 16, 18] as const)('the reader on dumps of PostgreSQL %i', (version) => {
  const server = usePostgres({ version })

  let databases = 0
  async function made(): Promise<string> {
    databases += 1
    const name = `source ${databases}`
    await server().sql(`CREATE DATABASE "${name}" TEMPLATE template0`)
    await server().sql(trapSchema, name)
    return name
  }

  it('finds a restored database equal, serially and in one transaction, under other settings', async () => {
    const source = await made()
    const dump = await dumpDatabase(server(), source)
    const contents = await readArchive(dump)
    for (const args of [[], ['--single-transaction']]) {
      const target = `tar get ${args.length}`
      await server().sql(`CREATE DATABASE "${target}" TEMPLATE template0; COMMENT ON DATABASE "${target}" IS 'marker';
        ALTER DATABASE "${target}" SET timezone = 'Asia/Tokyo'; ALTER DATABASE "${target}" SET bytea_output = 'escape'`)
      await restore(server(), dump, ...args, `--dbname=dbname='${target}'`)
      const restored = await readArchive(await dumpDatabase(server(), target))
      expect(comparable(restored)).toEqual(comparable(contents))
    }
  })

  it('names what was changed, and only that', async () => {
    const source = await made()
    const before = comparable(await readArchive(await dumpDatabase(server(), source)))
    await server().sql(
      `UPDATE app.wide SET text = text; UPDATE app.types SET e = 'x' WHERE b = decode(md5('7'), 'hex');
       GRANT INSERT ON app.parent TO reader; COMMENT ON VIEW app.view IS 'new'; SELECT nextval('app."my ''seq"');
       CREATE OR REPLACE FUNCTION app."do (it)"(x int, y varchar DEFAULT 'a') RETURNS int LANGUAGE sql AS $$ SELECT (x)::int $$;
       SELECT lo_put(70002, 0, 'x'); ALTER TABLE app.zero OWNER TO reader; REFRESH MATERIALIZED VIEW app.empty;
       UPDATE app.sales SET v = 'other' WHERE k = 150`,
      source,
    )
    const after = await readArchive(await dumpDatabase(server(), source))
    const changed = [...comparable(after)].filter(([name, object]) => !isEqual(object, before.get(name)))
    expect(new Set(changed.map(([name]) => (JSON.parse(name) as string[])[2]))).toEqual(
      new Set([
        'app."do (it)"(integer, character varying)',
        `app."my 'seq"`,
        'app.empty',
        'app.parent',
        'app.sales',
        'app.types',
        'app.view',
        'app.zero',
        'large objects',
      ]),
    )
    const [types] = after.objects.filter(({ displayName, kind }) => displayName === 'app.types' && kind === 'table')
    const old = before.get(JSON.stringify(['table', 'TABLE', 'app.types'])) as { content: ArchiveObject['fingerprint'] }
    const columns = Object.entries(types?.fingerprint?.columns ?? {})
    expect(columns.filter(([name, sum]) => old.content?.columns[name] !== sum).map(([name]) => name)).toEqual(['e'])
  })

  it('knows every kind of object, and each by a name of its own', async () => {
    const source = await made()
    const contents = await readArchive(await dumpDatabase(server(), source))
    expect(contents.notCovered.filter(({ why }) => why.includes('not known'))).toEqual([])
    const names = contents.objects.map(({ kind, subtype, displayName }) => JSON.stringify([kind, subtype, displayName]))
    expect(new Set(names).size).toBe(names.length)
    const ofTables = `FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`
    const counting = await server().sql(
      `SELECT string_agg(format('SELECT %L AS name, count(*) AS rows FROM ONLY %s', n, n), ' UNION ALL ')
         FROM (SELECT format('%I.%I', schemaname, tablename) AS n ${ofTables}) AS names`,
      source,
    )
    const counts = await server().sql(`SELECT json_object_agg(name, rows) FROM (${counting}) AS counted`, source)
    const tables = contents.objects.filter(({ kind }) => kind === 'table')
    const found = Object.fromEntries(tables.map(({ displayName, rows }) => [displayName, rows ?? 0]))
    expect(found).toEqual({
      ...(JSON.parse(counts) as Record<string, number>),
      'app.sales': 200,
      'app.moods': 90,
      'app.lonely': 0,
    })
    expect(objectOf(contents, 'app.sales1b', 'TABLE').partOf).toBe('app.sales')
    expect(objectOf(contents, 'app."Ord er"."tr g"')).toMatchObject({ subtype: 'TRIGGER', name: 'tr g' })
    expect(objectOf(contents, 'app.positive')).toMatchObject({ subtype: 'DOMAIN' })
    expect(objectOf(contents, 'large objects').rows).toBe(3)
  })

  it('reads what the dump tool compressed itself, and a file with offsets', async () => {
    const source = await made()
    const plain = await readArchive(await dumpDatabase(server(), source))
    expect(await readArchive(await dumpToFile(server(), source))).toEqual(plain)
    const compressed = await dumpDatabase(server(), source, '-Z6')
    expect(await readArchive(compressed, { pieceBytes: 5000 })).toEqual(plain)
    const damaged = Buffer.from(compressed)
    const at = damaged.length - 300
    damaged[at] = (damaged[at] ?? 0) ^ 1
    await expect(readArchive(damaged)).rejects.toMatchObject({ code: 'FORMAT_INVALID' })
  })

  it('is met by the reader of plain SQL, row for row', async () => {
    const source = await made()
    const dump = await dumpDatabase(server(), source)
    const sql = await restore(server(), dump, '--data-only', '--file=-')
    const custom = await readArchive(dump)
    const plain = await readArchive(sql, {
      reader: plainSqlReader({ quoteName: displayIdentifier, demandsTrailer: true }),
      pieceBytes: 3000,
    })
    // Leaves that are loaded through their root stand under its name.
    const throughRoot = new Set(['app.moods'])
    const withRows = custom.objects.filter(
      ({ displayName, fingerprint, partOf, kind }) =>
        (kind === 'large-objects' || fingerprint !== null) &&
        !throughRoot.has(partOf ?? '') &&
        displayName !== 'app.lonely',
    )
    const expected = withRows.filter(({ displayName }) => displayName !== 'app.sales')
    for (const object of expected) {
      expect(objectOf(plain, object.displayName)).toMatchObject({ rows: object.rows, fingerprint: object.fingerprint })
    }
    expect(plain.objects.filter(({ fingerprint }) => fingerprint !== null)).toHaveLength(expected.length)
    for (const { displayName, value } of custom.objects.filter(({ kind }) => kind === 'sequence')) {
      expect(objectOf(plain, displayName).value).toBe(value)
    }
  })

  it('hands out rows as the server would print them', async () => {
    const source = await made()
    const rows: (readonly RowValue[])[] = []
    await readArchive(await dumpDatabase(server(), source), {
      rows: {
        wants: ({ displayName }) => displayName === 'app.types' || displayName === 'app."Ord er"',
        row: (table, values) => void rows.push([table, ...values]),
      },
    })
    const printed = await server().sql(
      `SET timezone = 'UTC'; SELECT json_agg(json_build_array('app.types', b::text, t::text, m::text, i::text, f::text,
         j::text, a::text, e) ORDER BY t) FROM app.types;`,
      source,
    )
    expect(rows.filter(([table]) => table === 'app.types')).toEqual(JSON.parse(printed))
    expect(rows.find(([table]) => table === 'app."Ord er"')?.slice(0, 3)).toEqual([
      'app."Ord er"',
      '1',
      'x\t\\.\n\\N\r1',
    ])
  })
})

describe('a database in another encoding', () => {
  const server = usePostgres({ version: 15 })

  it('has its names and rows read as text', async () => {
    await server().sql(`CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'`)
    await server().sql(
      `SET client_encoding = 'UTF8'; CREATE TABLE "tüt" ("ß" text); INSERT INTO "tüt" VALUES ('é')`,
      'latin',
    )
    const rows: (readonly RowValue[])[] = []
    const dump = await dumpDatabase(server(), 'latin')
    const contents = await readArchive(dump, {
      rows: { wants: () => true, row: (_, values) => void rows.push(values) },
    })
    expect(objectOf(contents, 'public."tüt"').columns).toEqual(['ß'])
    expect(rows).toEqual([['é']])
  })
})

function isEqual(first: unknown, second: unknown): boolean {
  return JSON.stringify(first) === JSON.stringify(second)
}
