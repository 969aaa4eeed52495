import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ValidationReport } from '../../preload/contract/index.ts'
import { addPostgres, backUp } from '../exchange/commands.ts'
import { usePostgres } from '../servers/postgres.ts'
import { useSandbox } from '../system/harness.ts'
import { filesLeft } from '../system/leftovers.ts'

const server = usePostgres({ version: 15 })
const sandbox = useSandbox()
const toCluster = ['--level', 'restore', '--scratch', 'local-cluster']

beforeAll(async () => {
  await server().sql('CREATE DATABASE shop')
  await server().sql(
    `CREATE ROLE clerk NOLOGIN; CREATE EXTENSION dblink; CREATE SCHEMA tools; CREATE EXTENSION hstore SCHEMA tools;
     CREATE SCHEMA far; CREATE EXTENSION postgres_fdw SCHEMA far;
     CREATE TABLE orders (id int PRIMARY KEY, note text CHECK (length(note) < 100));
     INSERT INTO orders SELECT n, 'order ' || n FROM generate_series(1, 5000) n;
     ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
     CREATE POLICY own ON orders TO clerk USING (id > 0);
     CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1');
     CREATE FOREIGN TABLE remote (id int) SERVER elsewhere`,
    'shop',
  )
  await addPostgres(sandbox(), server(), 'shop', 'shop')
  await backUp(sandbox(), 'shop')
})

/** Folders of temporary clusters. */
function clusterFolders(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('hf-run-'))
}

describe('a restore test on a temporary cluster', () => {
  it('proves the backup without the server it came from, and leaves nothing', async () => {
    const before = clusterFolders()
    const report = await sandbox().data<ValidationReport>(['validate', 'latest', '--connection', 'shop', ...toCluster])
    expect(report.outcome, JSON.stringify(report.checks)).toBe('passed')
    expect(report.phases.map(({ name }) => name)).toContain('server')
    expect(clusterFolders()).toEqual(before)
    expect(await filesLeft(sandbox())).toEqual([])
    expect(await sandbox().processes()).toEqual([])
    expect(await server().sql("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'hf%'")).toBe('0')
  })
})
