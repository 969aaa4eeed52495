import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeAll } from 'vitest'
import type { EngineId, RestorePlan, RestoreResult, RestoreSummary } from '../../preload/contract/index.ts'
import { usePostgres } from '../servers/postgres.ts'
import type { Sandbox } from '../system/harness.ts'
import { addPostgres, addSqlite } from '../exchange/commands.ts'

/** A database that is restored over, registered as the connection `main`. It holds one word that tells its states apart. */
export interface Scene {
  /** What has to be typed. */
  readonly confirm: string
  /** Writes the word. */
  mark(word: string): Promise<void>
  readMark(): Promise<string>
  /** Whether an ordinary client gets in and can write. */
  isOpenToOthers(): Promise<boolean>
  /** Databases beside it with generated names. */
  madeByHoldfast(): Promise<readonly string[]>
  /** Plans the restore of the newest backup over it, into plan.json; throws where it is blocked. */
  plan(mode: 'swap' | 'in-place', ...flags: readonly string[]): Promise<RestorePlan>
  /** Applies plan.json; throws unless the outcome is passed. */
  apply(): Promise<RestoreResult>
  restores(): Promise<readonly RestoreSummary[]>
}

const rows = 60_000

/** A scene for the describe block that calls this, with a database of some megabytes. */
export function useRestoreScene(engine: EngineId, sandbox: () => Sandbox): () => Scene {
  const made: { scene: Scene | null } = { scene: null }
  const server = engine === 'postgresql' ? usePostgres({ version: 15 }) : null
  beforeAll(async () => {
    made.scene = server === null ? await sqliteScene(sandbox()) : await postgresScene(sandbox(), server())
  })
  return () => {
    if (made.scene === null) throw new Error('The scene is there only while tests run.')
    return made.scene
  }
}

async function postgresScene(sandbox: Sandbox, server: Parameters<typeof addPostgres>[1]): Promise<Scene> {
  const { sql } = server
  await sql('CREATE DATABASE live')
  await sql(
    `CREATE TABLE mark (word text NOT NULL); INSERT INTO mark VALUES ('');
     CREATE TABLE readings AS SELECT n AS id, md5(n::text) AS body FROM generate_series(1, ${String(rows)}) AS n;
     ALTER TABLE readings ADD PRIMARY KEY (id)`,
    'live',
  )
  await addPostgres(sandbox, server, 'main', 'live')
  return {
    ...commands(sandbox, 'live'),
    mark: async (word) => void (await sql(`UPDATE mark SET word = '${word}'`, 'live')),
    readMark: () => sql('SELECT word FROM mark', 'live'),
    isOpenToOthers: async () => {
      await sql('CREATE TABLE visitor (); DROP TABLE visitor', 'live')
      return (await sql(`SELECT datallowconn FROM pg_database WHERE datname = 'live'`)) === 't'
    },
    madeByHoldfast: async () =>
      (await sql(`SELECT datname FROM pg_database WHERE datname LIKE 'hf\\_%'`))
        .split('\n')
        .filter((name) => name !== ''),
  }
}

async function sqliteScene(sandbox: Sandbox): Promise<Scene> {
  const path = sandbox.path('live.sqlite')
  const open = <T>(work: (database: Database.Database) => T): T => {
    const database = new Database(path, { fileMustExist: true })
    try {
      return work(database)
    } finally {
      database.close()
    }
  }
  new Database(path).close()
  open((database) =>
    database.exec(`
      CREATE TABLE mark (word TEXT NOT NULL);
      INSERT INTO mark VALUES ('');
      CREATE TABLE readings (id INTEGER PRIMARY KEY, body BLOB);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${String(rows)})
      INSERT INTO readings SELECT i, randomblob(100) FROM n;
    `),
  )
  await addSqlite(sandbox, 'main', 'live.sqlite')
  return {
    ...commands(sandbox, 'live.sqlite'),
    mark: (word) => Promise.resolve(open((database) => void database.prepare('UPDATE mark SET word = ?').run(word))),
    readMark: () =>
      Promise.resolve(open((database) => String(database.prepare('SELECT word FROM mark').pluck().get()))),
    isOpenToOthers: () =>
      Promise.resolve(
        open((database) => {
          database.exec('CREATE TABLE visitor (a); DROP TABLE visitor')
          return database.pragma('integrity_check', { simple: true }) === 'ok'
        }),
      ),
    madeByHoldfast: () =>
      Promise.resolve(
        readdirSync(sandbox.folder)
          .filter((name) => name.includes('hf_'))
          .map((name) => join(sandbox.folder, name)),
      ),
  }
}

function commands(sandbox: Sandbox, confirm: string): Pick<Scene, 'confirm' | 'plan' | 'apply' | 'restores'> {
  const latest = ['restore', 'plan', 'latest', '--connection', 'main', '-o', 'plan.json']
  return {
    confirm,
    plan: (mode, ...flags) => sandbox.data<RestorePlan>([...latest, '--mode', mode, ...flags]),
    apply: () => sandbox.data<RestoreResult>(['restore', 'apply', 'plan.json', '--confirm', confirm]),
    restores: () => sandbox.data<readonly RestoreSummary[]>(['restore', 'list']),
  }
}
