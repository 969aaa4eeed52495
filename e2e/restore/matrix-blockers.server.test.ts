import { beforeAll, describe, expect, it } from 'vitest'
import { startStandby } from '../../main/engines/postgresql/testing/standby.ts'
import type { RestoreMode, RestorePlan, RestoreResult, RestoreSummary } from '../../preload/contract/index.ts'
import { addPostgres, ask, backUp } from '../exchange/commands.ts'
import { usePostgres } from '../servers/postgres.ts'
import { useSandbox } from '../system/harness.ts'
import { cronDatabase, rolesSql, situations, sourceSql } from './postgres-blockers.ts'

const modes = ['swap', 'in-place'] as const
const cells = modes.flatMap((mode) =>
  Object.entries(situations).map(([name, situation]) => {
    return { mode, name, situation, wanted: situation.expected[mode], told: situation.expected[mode] ?? 'no obstacle' }
  }),
)

describe('what may stand in the way × mode, PostgreSQL', () => {
  const server = usePostgres({
    version: 15,
    isLogical: true,
    maxPreparedTransactions: 5,
    settings: { 'cron.database_name': cronDatabase },
  })
  const sandbox = useSandbox()
  const applied: string[] = []
  let number = 0

  beforeAll(async () => {
    await server().sql(rolesSql)
    await server().sql('CREATE DATABASE source OWNER keeper')
    await server().sql(sourceSql, 'source')
    await addPostgres(sandbox(), server(), 'source', 'source')
    for (const user of ['keeper', 'helper', 'guest']) {
      await addPostgres(sandbox(), { ...server(), user, password: 'secret' }, user, 'postgres')
    }
    await backUp(sandbox(), 'source')
  })

  const plan = (to: string, database: string, mode: RestoreMode, flags: readonly string[] = []) => {
    const what = ['restore', 'plan', 'latest', '--connection', 'source', '--to', to, `--database=${database}`]
    return ask(sandbox(), [...what, '--mode', mode, ...flags, '-o', 'plan.json'])
  }
  const apply = (database: string) => ask(sandbox(), ['restore', 'apply', 'plan.json', `--confirm=${database}`])

  // First, because a copy of the server can't share its tablespaces.
  it('a standby takes no restore in any mode', async ({ onTestFinished }) => {
    await makeTarget('replicated')
    const standby = await startStandby(server())
    onTestFinished(() => standby.stop())
    await addPostgres(sandbox(), { ...server(), port: standby.port }, 'standby', 'postgres')
    const untouched = await Promise.all([databases(), digest('replicated')])
    for (const [mode, database] of [['new', 'fresh'] as const, ...modes.map((each) => [each, 'replicated'] as const)]) {
      const planned = await plan('standby', database, mode)
      const codes = (planned.document.data as RestorePlan).blockers.map(({ code }) => code)
      expect([mode, codes], planned.stdout).toEqual([mode, ['STANDBY']])
      expect([planned.exitCode, (await apply(database)).exitCode]).toEqual([6, 6])
    }
    expect(await Promise.all([databases(), digest('replicated')])).toEqual(untouched)
  })

  it.for(cells)('$mode over a database with $name: $told', async ({ mode, situation, wanted }, context) => {
    const database = situation.database ?? `target_${String((number += 1))}`
    // What the server would take the name for.
    const there = Buffer.from(database).subarray(0, 63).toString()
    await makeTarget(there)
    await situation.make?.(server(), database, context)
    const [untouched, others, bound] = [await digest(there), await databases(), await bindings(there)]
    const planned = await plan(situation.as ?? 'source', database, mode, situation.flags)
    expect(await digest(there), 'a plan touches nothing').toEqual(untouched)
    const document = planned.document.data as RestorePlan
    const codes = document.blockers.map(({ code }) => code)
    const done = await apply(database)
    const told = `${planned.stdout}\n${done.stdout}`
    if (wanted !== null) {
      expect(codes, told).toContain(wanted)
      for (const { message, remedy } of document.blockers) expect([message, remedy]).not.toContain('')
      expect([planned.exitCode, done.exitCode], told).toEqual([6, 6])
      expect(await digest(there)).toEqual(untouched)
    } else {
      expect([codes, planned.exitCode, done.exitCode], told).toEqual([[], 0, 0])
      const result = done.document.data as RestoreResult
      expect(result.outcome, told).toBe('passed')
      if (situation.warning !== undefined) {
        expect(document.warnings.map(({ code }) => code)).toContain(situation.warning)
      }
      applied.push(result.id)
      expect(await contentOf(database)).toBe(await contentOf('source'))
      const lonely = document.changes.find(({ object }) => object === 'public.lonely')
      expect(lonely).toMatchObject({ action: 'replace', rowsNow: 25, rowsAfter: 20 })
      expect(document.losses).toContainEqual(expect.stringContaining('5 more rows in public.lonely'))
      if (mode === 'in-place') expect(await bindings(there)).toBe(bound)
      if (result.retired !== null) await sandbox().data(['restore', 'finish', result.id, `--confirm=${database}`])
    }
    expect(await databases()).toBe(others)
    if (situation.database !== undefined) await server().sql(`DROP DATABASE "${there}"`)
  })

  it('the list of restores has those that were made, and no other', async () => {
    const list = await sandbox().data<readonly RestoreSummary[]>(['restore', 'list'])
    expect(list.map(({ id }) => id as string).toSorted()).toEqual(applied.toSorted())
    for (const { state } of list) expect(['applied', 'finished']).toContain(state)
  })

  /** The database of the backup, with other rows. */
  async function makeTarget(name: string): Promise<void> {
    await server().sql(`CREATE DATABASE "${name}" TEMPLATE source OWNER keeper`)
    const change = `UPDATE child SET body = 'changed' WHERE id <= 10; INSERT INTO lonely SELECT generate_series(21, 25)`
    await server().sql(change, name)
  }

  const databases = () => server().sql(`SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database`)

  /** What is bound to a database: prepared transactions, slots, subscriptions, sessions; its owner, its place, and that it is a template. */
  function bindings(database: string): Promise<string> {
    return server().sql(`
      SELECT d.oid, pg_get_userbyid(d.datdba), d.datallowconn, d.datistemplate, t.spcname, d.datacl, shobj_description(d.oid, 'pg_database'),
             (SELECT array_agg(gid::text ORDER BY gid) FROM pg_prepared_xacts WHERE database = d.datname),
             (SELECT array_agg(slot_name::text ORDER BY slot_name) FROM pg_replication_slots WHERE datoid = d.oid),
             (SELECT array_agg((subname, subenabled, subslotname)::text) FROM pg_subscription WHERE subdbid = d.oid),
             (SELECT array_agg(pid) FROM pg_stat_activity WHERE datid = d.oid AND application_name = 'console')
        FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace WHERE d.datname = '${database}'`)
  }

  function contentOf(database: string): Promise<string> {
    const table = (name: string) => `SELECT '${name}', md5(string_agg(t::text, ',' ORDER BY t::text)) FROM ${name} AS t`
    return server().sql(
      ['parent', 'child', 'lonely', 'families'].map(table).join(' UNION ALL ') + ' ORDER BY 1',
      database,
    )
  }

  /** Everything about a database that a refused restore must leave alone. A closed one can't be looked into. */
  async function digest(database: string): Promise<readonly string[]> {
    const outside = await bindings(database)
    if (outside.split('|')[2] === 'f') return [outside]
    const structure = await server().sql(
      `SELECT md5(string_agg(c.oid::text || c.relname::text || c.relkind::text || c.relfilenode::text, ',' ORDER BY c.oid)) FROM pg_class c
       JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'`,
      database,
    )
    return [outside, structure, await contentOf(database)]
  }
})
