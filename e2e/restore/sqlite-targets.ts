import { execFile } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { TestContext } from 'vitest'
import type { RestoreMode } from '../../preload/contract/index.ts'
import { skipOrFail } from '../servers/missing.ts'
import type { Sandbox } from '../system/harness.ts'
import { openProgram, type Program } from './sqlite-program.ts'

/** What the backup holds: in the order in which it is made. */
export const sourceStatements = [
  'CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT NOT NULL)',
  'CREATE INDEX by_v ON t (v)',
  'CREATE TABLE lonely (n INTEGER)',
  'CREATE VIEW lengths AS SELECT id, length(v) AS l FROM t',
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) INSERT INTO t SELECT i, 'v' || i FROM n`,
  'INSERT INTO lonely SELECT id FROM t WHERE id <= 20',
] as const

/** What comes of a restore: it is made; the plan is blocked with this code; or it is planned, and refused with it when it is applied. */
export type Outcome = 'done' | `blocked: ${string}` | `refused: ${string}`

/** The place of one cell: a folder of its own with, usually, the target in it. */
export interface Place {
  readonly sandbox: Sandbox
  /** Everything in it is compared. */
  readonly folder: string
  /** What is given to the command. */
  readonly path: string
  /** Where the plan is written. */
  readonly plan: string
  readonly context: TestContext
}

/** A state of the target before the restore. */
export interface State {
  readonly expected: Readonly<Record<RestoreMode, Outcome>>
  /** Makes it; answers a program that has the file open. */
  make(place: Place): Promise<Program | null>
  /** Where the target is, relative to the sandbox and instead of a folder of the cell. */
  readonly at?: string
  /** The command has the rights of ordinary users, whoever runs the tests. */
  readonly isOrdinary?: boolean
}

const run = promisify(execFile)
const otherRows = ["INSERT INTO t (v) VALUES ('new 1'), ('new 2')", 'DELETE FROM lonely WHERE n <= 5']

/** The database of the backup, then changed. */
async function changed({ sandbox, path }: Place, ...statements: readonly string[]): Promise<null> {
  copyFileSync(sandbox.path('source.sqlite'), path)
  await (await openProgram(path, ...statements)).close()
  return null
}

/** The same with other rows, while a program has it open. It ends with the test. */
async function held(place: Place, ...statements: readonly string[]): Promise<Program> {
  await changed(place, ...otherRows)
  const program = await openProgram(place.path, ...statements)
  place.context.onTestFinished(() => program.kill())
  return program
}

/** What a program leaves that is killed. */
async function crashed(place: Place, ...statements: readonly string[]): Promise<null> {
  await changed(place, ...otherRows)
  await (await openProgram(place.path, ...statements)).kill()
  return null
}

/** Until the test ends. */
function setMode({ context }: Place, path: string, mode: number): void {
  chmodSync(path, mode)
  context.onTestFinished(() => chmodSync(path, 0o700))
}

const all = (outcome: Outcome): State['expected'] => ({ new: outcome, swap: outcome, 'in-place': outcome })
const over = (swap: Outcome, inPlace: Outcome): State['expected'] => ({
  new: 'blocked: TARGET_EXISTS',
  swap,
  'in-place': inPlace,
})
const absent = (outcome: Outcome): State['expected'] => ({
  new: outcome,
  swap: 'blocked: DATABASE_MISSING',
  'in-place': 'blocked: DATABASE_MISSING',
})
const nothing = () => Promise.resolve(null)

/** Every state in which a target can be, and what comes of a whole restore in each mode. */
export const states = {
  absent: { expected: absent('done'), make: nothing },
  'absent, with the WAL of another one': {
    expected: absent('blocked: STALE_COMPANION'),
    make: ({ path }) => {
      writeFileSync(`${path}-wal`, 'what another database left')
      return nothing()
    },
  },
  'absent, in a read-only folder': {
    expected: absent('blocked: PERMISSION_DENIED'),
    isOrdinary: true,
    make: (place) => {
      setMode(place, place.folder, 0o500)
      return nothing()
    },
  },
  'an empty file': {
    expected: over('done', 'done'),
    make: ({ path }) => {
      writeFileSync(path, '')
      return nothing()
    },
  },
  'an empty database': {
    expected: over('done', 'done'),
    make: async ({ path }) => {
      await (await openProgram(path, 'CREATE TABLE gone (n)', 'DROP TABLE gone')).close()
      return null
    },
  },
  'of the same structure': { expected: over('done', 'done'), make: (place) => changed(place, ...otherRows) },
  'of another structure': {
    expected: over('done', 'done'),
    make: (place) =>
      changed(
        place,
        'ALTER TABLE t ADD COLUMN added INTEGER',
        'DROP TABLE lonely',
        'CREATE TABLE mine AS SELECT 42 AS answer',
      ),
  },
  'open in an idle program': {
    expected: over('blocked: DATABASE_BUSY', 'done'),
    make: (place) => held(place, 'SELECT count(*) FROM t'),
  },
  'being read in WAL mode': {
    expected: over('blocked: DATABASE_BUSY', 'done'),
    make: (place) => held(place, 'PRAGMA journal_mode = WAL', 'BEGIN', 'SELECT count(*) FROM t'),
  },
  'in a write transaction': {
    expected: over('blocked: DATABASE_BUSY', 'refused: DATABASE_BUSY'),
    make: (place) => held(place, 'BEGIN IMMEDIATE', "INSERT INTO t (v) VALUES ('not committed')"),
  },
  'behind a link': {
    expected: over('done', 'done'),
    make: async (place) => {
      await changed(place, ...otherRows)
      renameSync(place.path, join(place.folder, 'real.db'))
      symlinkSync('real.db', place.path)
      return null
    },
  },
  'with a second name': {
    expected: over('blocked: UNSUPPORTED', 'done'),
    make: async (place) => {
      await changed(place, ...otherRows)
      linkSync(place.path, join(place.folder, 'second.db'))
      return null
    },
  },
  mounted: {
    expected: over('blocked: UNSUPPORTED', 'done'),
    make: async (place) => {
      await changed(place, ...otherRows)
      const inside = join(place.folder, 'inside.db')
      renameSync(place.path, inside)
      writeFileSync(place.path, '')
      const { context } = place
      if (process.platform !== 'linux' || process.getuid?.() !== 0) skipOrFail(context, 'mounting needs root on Linux')
      try {
        await run('mount', ['--bind', inside, place.path])
      } catch (error) {
        skipOrFail(context, `nothing can be mounted: ${String(error)}`)
      }
      context.onTestFinished(async () => void (await run('umount', ['-l', place.path])))
      return null
    },
  },
  'a file of HOLDFAST_HOME': {
    expected: all('blocked: TARGET_IS_CATALOG'),
    at: 'home/mine',
    make: (place) => changed(place, ...otherRows),
  },
  'in a read-only folder': {
    expected: over('blocked: PERMISSION_DENIED', 'blocked: PERMISSION_DENIED'),
    isOrdinary: true,
    make: async (place) => {
      await changed(place, ...otherRows)
      setMode(place, place.folder, 0o500)
      return null
    },
  },
  'a read-only file': {
    expected: over('blocked: PERMISSION_DENIED', 'blocked: PERMISSION_DENIED'),
    isOrdinary: true,
    make: async (place) => {
      await changed(place, ...otherRows)
      setMode(place, place.path, 0o400)
      return null
    },
  },
  'left with a WAL by a program that crashed': {
    expected: over('done', 'done'),
    make: (place) =>
      crashed(
        place,
        'PRAGMA journal_mode = WAL',
        "INSERT INTO t (v) VALUES ('in the WAL')",
        'BEGIN',
        "INSERT INTO t (v) VALUES ('not committed')",
      ),
  },
  'left half-written by a program that crashed': {
    expected: over('blocked: DATABASE_BUSY', 'blocked: DATABASE_BUSY'),
    make: (place) => crashed(place, 'PRAGMA cache_size = 1', 'BEGIN', 'UPDATE t SET v = hex(randomblob(3000))'),
  },
  damaged: {
    // It may be restored over; but no backup of it can be taken before.
    expected: over('refused: FORMAT_INVALID', 'refused: FORMAT_INVALID'),
    make: async (place) => {
      await changed(place, ...otherRows)
      const bytes = readFileSync(place.path)
      writeFileSync(place.path, bytes.fill(0xee, 100, 4_096))
      return null
    },
  },
} as const satisfies Readonly<Record<string, State>>

/** Where the target of a cell is. */
export function placeOf(sandbox: Sandbox, { at }: State, number: number, context: TestContext): Place {
  const folder = sandbox.path(at ?? 'cells', String(number))
  mkdirSync(folder, { recursive: true })
  return { sandbox, folder, path: join(folder, 'app.db'), plan: `plan-${String(number)}.json`, context }
}
