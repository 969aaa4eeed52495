import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RestoreMode, RestorePlan, RestoreResult, RestoreSummary } from '../../preload/contract/index.ts'
import { addSqlite, ask, backUp } from '../exchange/commands.ts'
import { useSandbox } from '../system/harness.ts'
import { asOrdinaryUser } from './ordinary-user.ts'
import { openProgram, type Program } from './sqlite-program.ts'
import { placeOf, sourceStatements, states, type Outcome, type Place, type State } from './sqlite-targets.ts'

const modes = ['new', 'swap', 'in-place'] as const
const names = Object.keys(states) as (keyof typeof states)[]
const whole = modes.flatMap((mode) => names.map((name) => ({ mode, name, wanted: states[name].expected[mode] })))

/** Parts of a backup do not take the place of a whole file, and rows alone need tables. */
const parts = [
  ['--content', 'schema'],
  ['--content', 'data', '--rows', 'replace'],
] as const
const partStates = ['absent', 'of the same structure', 'left with a WAL by a program that crashed'] as const
const inParts = modes.flatMap((mode) =>
  parts.flatMap((how) => partStates.map((name) => ({ mode, how, what: how[1], name }))),
)

describe('mode × content × target, SQLite', () => {
  const sandbox = useSandbox()
  const applied: string[] = []
  const refused: string[] = []
  let number = 0

  beforeAll(async () => {
    new Database(sandbox().path('source.sqlite')).close()
    await (await openProgram(sandbox().path('source.sqlite'), ...sourceStatements)).close()
    await addSqlite(sandbox(), 'source', 'source.sqlite')
    await backUp(sandbox(), 'source')
  })

  const planArgs = (place: Place, mode: RestoreMode, ...how: readonly string[]) => {
    const what = ['restore', 'plan', 'latest', '--connection', 'source', '--database', place.path]
    return [...what, '--mode', mode, ...how, '-o', place.plan]
  }
  const nextPlace = (state: State, context: Parameters<typeof placeOf>[3]) => {
    number += 1
    return placeOf(sandbox(), state, number, context)
  }

  it.concurrent.for(whole)('$mode, target $name: $wanted', async ({ mode, name, wanted }, context) => {
    const state: State = states[name]
    const place = nextPlace(state, context)
    const { folder, path } = place
    const program = await state.make(place)
    const box = state.isOrdinary === true ? asOrdinaryUser(sandbox(), context) : sandbox()
    const untouched = lookAround(folder)
    const before = wanted === 'done' ? contentOf(path) : nothingThere
    const planned = await ask(box, planArgs(place, mode))
    expect(lookAround(folder), 'a plan touches nothing').toEqual(untouched)
    const plan = planned.document.data as RestorePlan
    const codes = plan.blockers.map(({ code }) => code)
    const done = await ask(box, ['restore', 'apply', place.plan, '--confirm', plan.confirm])
    const told = `${planned.stdout}\n${done.stdout}`
    if (wanted === 'done') {
      expect([codes, planned.exitCode, done.exitCode], told).toEqual([[], 0, 0])
      const result = done.document.data as RestoreResult
      applied.push(result.id)
      expect(result.outcome, told).toBe('passed')
      assertAsPlanned(plan, before, contentOf(path))
      assertInPlace({ plan, result, folder, path, untouched })
      await assertSeen(program, contentOf(path))
      return
    }
    expect(lookAround(folder), told).toEqual(untouched)
    const [when, code] = wanted.split(': ')
    if (when === 'blocked') {
      expect(codes, told).toContain(code)
      for (const { message, remedy } of plan.blockers) expect([message, remedy]).not.toContain('')
      expect([planned.exitCode, done.exitCode], told).toEqual([6, 6])
      return
    }
    expect([codes, planned.exitCode, done.document.error?.code], told).toEqual([[], 0, code])
    refused.push(path)
  })

  it.concurrent.for(inParts)('$mode, $what alone, target $name', async ({ mode, how, what, name }, context) => {
    const place = nextPlace(states[name], context)
    await states[name].make(place)
    const untouched = lookAround(place.folder)
    const planned = await ask(sandbox(), planArgs(place, mode, ...how))
    expect(lookAround(place.folder)).toEqual(untouched)
    const codes = (planned.document.data as RestorePlan).blockers.map(({ code }) => code)
    const expected: Outcome = states[name].expected[mode]
    const others = expected === 'done' ? [] : [expected.replace('blocked: ', '')]
    const isRefused = mode === 'swap' || (mode === 'new' && what === 'data')
    const wanted = isRefused ? [...others, 'UNSUPPORTED'] : others
    expect([codes, planned.exitCode]).toEqual([wanted, wanted.length === 0 ? 0 : 6])
  })

  it('the list of restores says what became of each that was begun', async () => {
    const list = await sandbox().data<readonly RestoreSummary[]>(['restore', 'list'])
    const of = (state: RestoreSummary['state']) => list.filter((each) => each.state === state)
    expect(
      of('applied')
        .map(({ id }) => id as string)
        .toSorted(),
    ).toEqual(applied.toSorted())
    expect(
      of('failed')
        .map(({ database }) => database)
        .toSorted(),
    ).toEqual(refused.toSorted())
    expect(list).toHaveLength(applied.length + refused.length)
  })

  /** The plan named the rows of every table as they were and as they are now, and everything that got lost. */
  function assertAsPlanned(plan: RestorePlan, before: Content, after: Content): void {
    expect(after).toEqual(contentOf(sandbox().path('source.sqlite')))
    const planned = plan.changes.filter(({ kind }) => kind === 'table')
    const tables = new Set([...Object.keys(before.rows), ...Object.keys(after.rows)])
    expect(planned.map(({ object }) => object).toSorted()).toEqual([...tables].toSorted())
    const losses: string[] = []
    for (const { object, rowsNow, rowsAfter } of planned) {
      const [now, then] = [before.rows[object]?.length ?? null, after.rows[object]?.length ?? null]
      expect([object, rowsNow, rowsAfter]).toEqual([object, now, then])
      if (then === null) losses.push(`The table ${object} with ${String(now)} rows`)
      else if (now !== null && now > then) losses.push(`${String(now - then)} more rows in ${object} `)
    }
    const [general, ...named] = plan.losses
    expect(general === undefined).toBe(plan.mode === 'new')
    expect(named).toEqual(losses.map((loss) => expect.stringContaining(loss) as unknown))
  }

  /** In place it is the same file; after a swap the old one is kept; nothing else lies there that didn't before. */
  function assertInPlace(cell: {
    readonly plan: RestorePlan
    readonly result: RestoreResult
    readonly folder: string
    readonly path: string
    readonly untouched: readonly string[]
  }): void {
    const { plan, result, folder, path, untouched } = cell
    const { dev, ino } = statSync(path, { bigint: true })
    const { databaseIdentity: was } = plan.target
    expect(result.safetyBackup !== null).toBe(plan.mode !== 'new')
    expect(`${dev}:${ino}` === was).toBe(plan.mode === 'in-place')
    expect(result.target.databaseIdentity).toBe(`${dev}:${ino}`)
    const kept = result.retired === null ? [] : [result.retired.slice(folder.length + 1)]
    expect(kept).toHaveLength(plan.mode === 'swap' ? 1 : 0)
    if (plan.mode === 'swap') expect(identityOf(result.retired ?? '')).toBe(was)
    const namesOf = (lines: readonly string[]) => lines.map((line) => line.split(' ')[0] ?? '')
    const wanted = new Set([...namesOf(untouched), ...kept, ...(plan.mode === 'new' ? ['app.db'] : [])])
    for (const name of namesOf(lookAround(folder))) expect([...wanted, ...companions(wanted)]).toContain(name)
    for (const name of wanted) if (!/-(wal|shm)$/.test(name)) expect(existsSync(join(folder, name)), name).toBe(true)
    const links = (lines: readonly string[]) => lines.filter((line) => line.includes(' -> '))
    expect(links(lookAround(folder))).toEqual(links(untouched))
  }
})

/** A program sees the rows from before while it reads, and those that were restored afterwards. */
async function assertSeen(program: Program | null, after: Content): Promise<void> {
  if (program === null) return
  const count = async () => ((await program.ask('SELECT count(*) AS rows FROM t')) as [{ rows: number }])[0].rows
  if ((await program.ask('PRAGMA journal_mode')) === null) return
  const now = await count()
  if (now !== after.rows['t']?.length) {
    await program.ask('COMMIT')
    expect(await count()).toBe(after.rows['t']?.length)
  }
}

interface Content {
  readonly definitions: readonly unknown[]
  readonly rows: Readonly<Record<string, readonly unknown[]>>
}
const nothingThere: Content = { definitions: [], rows: {} }

/** What a query finds in the file; read from a copy, so that nothing is done to it. */
function contentOf(path: string): Content {
  if (!existsSync(path)) return nothingThere
  const copy = join(mkdtempSync(join(path, '..', '..', 'copy-')), 'copy.db')
  for (const ending of ['', '-wal']) if (existsSync(path + ending)) copyFileSync(path + ending, copy + ending)
  const database = new Database(copy)
  try {
    const query = 'SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2'
    const definitions = database.prepare<[], { type: string; name: string }>(query).all()
    const tables = definitions.filter(({ type }) => type === 'table').map(({ name }) => name)
    const rowsOf = (name: string) => database.prepare(`SELECT * FROM "${name}" ORDER BY 1`).all()
    return { definitions, rows: Object.fromEntries(tables.map((name) => [name, rowsOf(name)])) }
  } finally {
    database.close()
  }
}

function identityOf(path: string): string {
  const { dev, ino } = lstatSync(path, { bigint: true })
  return `${dev}:${ino}`
}

function* companions(files: Iterable<string>): Generator<string> {
  for (const name of files) for (const ending of ['-wal', '-shm']) yield name + ending
}

/** Every file of the folder: name, identity, mode, time, and what is in it. Whoever opens a WAL makes its index (-shm) anew. */
function lookAround(folder: string): readonly string[] {
  return readdirSync(folder).map((name) => {
    const path = join(folder, name)
    const { mode, mtimeMs } = lstatSync(path)
    if (lstatSync(path).isSymbolicLink()) return `${name} -> ${readlinkSync(path)}`
    if (name.endsWith('-shm')) return [name, identityOf(path)].join(' ')
    const bytes = createHash('sha256').update(readFileSync(path)).digest('hex')
    return [name, identityOf(path), mode.toString(8), mtimeMs, bytes].join(' ')
  })
}
