import { beforeAll, describe, expect, it } from 'vitest'
import type { RestorePlan, RestoreResult } from '../../preload/contract/index.ts'
import { addPostgres, ask, backUp } from '../exchange/commands.ts'
import { usePostgres } from '../servers/postgres.ts'
import { useSandbox } from '../system/harness.ts'

/** States of the target before the restore. */
const states = {
  /** There is no database of that name. */
  absent: null,
  empty: '',
  /** The tables of the backup, with other rows. */
  same: `INSERT INTO parent (name) SELECT 'new ' || n FROM generate_series(1, 7) AS n; UPDATE child SET body = 'changed' WHERE id < 10`,
  /** Another structure, a table more, and one that is gone. */
  changed: `ALTER TABLE child ADD COLUMN added int; DROP TABLE lonely; CREATE TABLE mine AS SELECT 42 AS answer`,
  /** A view of somebody else's hangs on a table of the backup. */
  dependent: `CREATE VIEW theirs AS SELECT * FROM child`,
} as const
type State = keyof typeof states

const source = `
  CREATE TYPE mood AS ENUM ('sad', 'ok');
  CREATE TABLE parent (id serial PRIMARY KEY, name text NOT NULL, feels mood DEFAULT 'ok');
  CREATE TABLE child (id int PRIMARY KEY, parent_id int REFERENCES parent, body text);
  CREATE INDEX child_body ON child (lower(body));
  CREATE TABLE lonely (n int);
  CREATE VIEW families AS SELECT p.name, c.body FROM parent p JOIN child c ON c.parent_id = p.id;
  INSERT INTO parent (name) SELECT 'p' || n FROM generate_series(1, 50) AS n;
  INSERT INTO child SELECT n, 1 + n % 50, 'body ' || n FROM generate_series(1, 300) AS n;
  INSERT INTO lonely SELECT generate_series(1, 20);
`

interface Cell {
  readonly how: readonly string[]
  /** What becomes of each state: `done`, or the code of the blocker. */
  readonly expected: Readonly<Record<State, string>>
}

/** mode × content; the columns are the states of the target. */
const cells: readonly Cell[] = [
  {
    how: ['--mode', 'new'],
    expected: {
      absent: 'done',
      empty: 'TARGET_EXISTS',
      same: 'TARGET_EXISTS',
      changed: 'TARGET_EXISTS',
      dependent: 'TARGET_EXISTS',
    },
  },
  {
    how: ['--mode', 'swap'],
    expected: { absent: 'DATABASE_MISSING', empty: 'done', same: 'done', changed: 'done', dependent: 'done' },
  },
  {
    how: ['--mode', 'swap', '--content', 'schema'],
    expected: {
      absent: 'DATABASE_MISSING',
      empty: 'UNSUPPORTED',
      same: 'UNSUPPORTED',
      changed: 'UNSUPPORTED',
      dependent: 'UNSUPPORTED',
    },
  },
  {
    how: ['--mode', 'in-place'],
    expected: {
      absent: 'DATABASE_MISSING',
      empty: 'done',
      same: 'done',
      changed: 'done',
      dependent: 'DEPENDENT_OBJECTS',
    },
  },
  {
    how: ['--mode', 'in-place', '--content', 'schema'],
    expected: {
      absent: 'DATABASE_MISSING',
      empty: 'done',
      same: 'done',
      changed: 'done',
      dependent: 'DEPENDENT_OBJECTS',
    },
  },
  {
    how: ['--mode', 'in-place', '--content', 'data', '--rows', 'replace'],
    expected: {
      absent: 'DATABASE_MISSING',
      empty: 'STRUCTURE_DIFFERS',
      same: 'done',
      changed: 'STRUCTURE_DIFFERS',
      dependent: 'done',
    },
  },
  {
    // A child needs its parent, and a view hangs on that.
    how: ['--mode', 'in-place', '--include', 'public.child'],
    expected: {
      absent: 'DATABASE_MISSING',
      empty: 'done',
      same: 'DEPENDENT_OBJECTS',
      changed: 'DEPENDENT_OBJECTS',
      dependent: 'DEPENDENT_OBJECTS',
    },
  },
  {
    how: ['--mode', 'in-place', '--include', 'public.lonely'],
    expected: { absent: 'DATABASE_MISSING', empty: 'done', same: 'done', changed: 'done', dependent: 'done' },
  },
]
const table = cells.flatMap(({ how, expected }) =>
  (Object.keys(states) as State[]).map((state) => ({ how, name: how.join(' '), state, wanted: expected[state] })),
)

describe('mode × content × target, PostgreSQL', () => {
  const server = usePostgres({ version: 15 })
  const sandbox = useSandbox()
  let number = 0

  beforeAll(async () => {
    await server().sql('CREATE DATABASE source')
    await server().sql(source, 'source')
    await addPostgres(sandbox(), server(), 'source', 'source')
    await backUp(sandbox(), 'source')
  })

  async function prepare(state: State, how: readonly string[]): Promise<string> {
    number += 1
    const name = `target_${String(number)}`
    const change = states[state]
    if (change === null) return name
    await server().sql(`CREATE DATABASE ${name} ${state === 'empty' ? '' : 'TEMPLATE source'}`)
    if (change !== '') await server().sql(change, name)
    // Rows that are added must not be there already.
    if (how.includes('append')) await server().sql('TRUNCATE parent, child, lonely', name)
    return name
  }

  /** Rows of each table, by what the plan calls it. */
  async function rowsOf(database: string): Promise<ReadonlyMap<string, number>> {
    const names = (
      await server().sql(
        `SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
        database,
      )
    )
      .split('\n')
      .filter((name) => name !== '')
    const rows = new Map<string, number>()
    for (const name of names) rows.set(name, Number(await server().sql(`SELECT count(*) FROM ${name}`, database)))
    return rows
  }

  /** Everything about a database that a refused restore must leave alone. */
  async function digest(database: string): Promise<string> {
    const oid = await server().sql(`SELECT oid, datallowconn, datacl FROM pg_database WHERE datname = '${database}'`)
    if (oid === '') return 'absent'
    const structure = await server().sql(
      `SELECT md5(string_agg(c.oid::text || c.relname::text || c.relkind::text || c.relfilenode::text, ',' ORDER BY c.oid)) FROM pg_class c
       JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'`,
      database,
    )
    return [oid, structure, JSON.stringify([...(await rowsOf(database))])].join('\n')
  }

  const databases = () => server().sql(`SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database`)
  const plan = (database: string, how: readonly string[]) => {
    const what = ['restore', 'plan', 'latest', '--connection', 'source', '--database', database]
    return ask(sandbox(), [...what, ...how, '-o', 'plan.json'])
  }

  it.each(table)('$name over a target that is $state: $wanted', async ({ how, state, wanted }) => {
    const database = await prepare(state, how)
    const before = await rowsOf(state === 'absent' ? 'source' : database)
    const [untouched, others] = [await digest(database), await databases()]
    const planned = await plan(database, how)
    const document = planned.document.data as RestorePlan
    expect(await digest(database), 'a plan touches nothing').toBe(untouched)
    const codes = document.blockers.map(({ code }) => code)
    const applied = await ask(sandbox(), ['restore', 'apply', 'plan.json', '--confirm', database])
    const told = `${planned.stdout}\n${applied.stdout}`
    if (wanted !== 'done') {
      expect(codes, told).toContain(wanted)
      for (const { message, remedy } of document.blockers) expect([message, remedy]).not.toContain('')
      expect([planned.exitCode, applied.exitCode], told).toEqual([6, 6])
      expect(await digest(database)).toBe(untouched)
      expect(await databases()).toBe(others)
      return
    }
    expect([codes, planned.exitCode, applied.exitCode], told).toEqual([[], 0, 0])
    const changed = document.changes.filter(({ structure }) => structure === 'changed').map(({ object }) => object)
    expect(changed).toEqual(state === 'changed' ? ['public.child'] : [])
    const result = applied.document.data as RestoreResult
    expect(result.outcome, told).toBe('passed')
    expect(result.safetyBackup !== null).toBe(state !== 'absent')
    await assertAsPlanned(document, database, before)
    if (result.retired !== null) {
      await sandbox().data(['restore', 'finish', result.id, '--confirm', database])
      expect(await databases()).toBe(others)
    }
  })

  /** Every table holds the rows that the plan said, and there is no other table. */
  async function assertAsPlanned(
    { changes }: RestorePlan,
    database: string,
    before: ReadonlyMap<string, number>,
  ): Promise<void> {
    const rows = await rowsOf(database)
    const tables = changes.filter(({ kind }) => kind === 'table')
    const wanted = new Map<string, number>()
    for (const { object, action, rowsAfter } of tables) {
      if (action === 'drop') continue
      const after = action === 'untouched' ? before.get(object) : (rowsAfter ?? undefined)
      if (after !== undefined) wanted.set(object, after)
    }
    expect(rows).toEqual(wanted)
  }

  it('rows are added beside those that are there', async () => {
    const how = ['--mode', 'in-place', '--content', 'data', '--rows', 'append']
    const database = await prepare('same', how)
    await server().sql(`INSERT INTO lonely VALUES (-1)`, database)
    const planned = await plan(database, how)
    expect(planned.exitCode, planned.stdout).toBe(0)
    const { changes, losses } = planned.document.data as RestorePlan
    expect(losses).toEqual([])
    expect(changes.find(({ object }) => object === 'public.lonely')).toMatchObject({
      action: 'append',
      rowsNow: 1,
      rowsAfter: 21,
    })
    const applied = await ask(sandbox(), ['restore', 'apply', 'plan.json', '--confirm', database])
    expect(applied.exitCode, applied.stdout).toBe(0)
    expect((await rowsOf(database)).get('public.lonely')).toBe(21)
  })

  it('rows alone need to know what becomes of those that are there', async () => {
    const database = await prepare('same', [])
    const refused = await plan(database, ['--mode', 'in-place', '--content', 'data'])
    expect([refused.exitCode, refused.document.error?.code]).toEqual([2, 'USAGE'])
  })

  it('a plan is refused after the target was made anew, and after its structure changed', async () => {
    const database = await prepare('same', [])
    await plan(database, ['--mode', 'swap'])
    await server().sql('ALTER TABLE parent ADD COLUMN late int', database)
    const changed = await digest(database)
    const apply = () => ask(sandbox(), ['restore', 'apply', 'plan.json', '--confirm', database])
    const refused = await apply()
    expect([refused.exitCode, refused.document.error?.code], refused.stdout).toEqual([6, 'TARGET_CHANGED'])
    expect(await digest(database)).toBe(changed)
    await server().sql(`DROP DATABASE ${database}`)
    await server().sql(`CREATE DATABASE ${database} TEMPLATE source`)
    const again = await apply()
    expect([again.exitCode, again.document.error?.code], again.stdout).toEqual([6, 'TARGET_CHANGED'])
  })

  it('sessions of others block, and are ended where that is asked for', async () => {
    const database = await prepare('same', [])
    await server().sql(`CREATE ROLE visitor LOGIN PASSWORD 'visitor'`)
    const { host, port, binDir } = server()
    const { spawn } = await import('node:child_process')
    const visitor = spawn(`${binDir}/psql`, ['-h', host, '-p', String(port), '-U', 'visitor', '-d', database], {
      env: { PGPASSWORD: 'visitor' },
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    try {
      visitor.stdin.write('SELECT pg_sleep(60);\n')
      await expect.poll(() => server().sql(`SELECT count(*) FROM pg_stat_activity WHERE usename = 'visitor'`)).toBe('1')
      const blocked = await plan(database, ['--mode', 'swap'])
      expect(blocked.exitCode).toBe(6)
      const { blockers } = blocked.document.data as RestorePlan
      expect(blockers.map(({ message }) => message).join('\n')).toContain('visitor')
      expect((await plan(database, ['--mode', 'swap', '--disconnect-others'])).exitCode).toBe(0)
      const applied = await ask(sandbox(), ['restore', 'apply', 'plan.json', '--confirm', database])
      expect(applied.exitCode, applied.stdout).toBe(0)
    } finally {
      visitor.kill('SIGKILL')
    }
  })
})
