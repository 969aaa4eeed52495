import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { createSampleDatabase } from '../../main/engines/sqlite/sample-database.ts'
import type { BackupDetail } from '../../preload/contract/index.ts'
import { usePostgres } from '../servers/postgres.ts'
import { envelopeOf, useSandbox } from '../system/harness.ts'

describe('a backup that is complete, but worth a look', () => {
  const sandbox = useSandbox()

  it('says that the database shrank by more than half, and ends with 3', async () => {
    const box = sandbox()
    createSampleDatabase(box.path('shop.sqlite'))
    await box.data([
      'connection',
      'add',
      '--name',
      'shop',
      '--engine',
      'sqlite',
      '--path',
      'shop.sqlite',
      '--no-password',
    ])
    expect((await box.data<BackupDetail>(['backup', 'shop'])).warnings).toEqual([])
    const database = new Database(box.path('shop.sqlite'))
    database.exec('DELETE FROM reviews; DELETE FROM payments; DELETE FROM order_items; DELETE FROM orders; VACUUM')
    database.close()
    const { warnings, state } = await box.data<BackupDetail>(['backup', 'shop'], [3])
    expect(state).toBe('complete')
    expect(warnings.map(({ code }) => code)).toEqual(['SHRUNK'])
  })

  it('says that the database is empty', async () => {
    const box = sandbox()
    new Database(box.path('empty.sqlite')).exec('CREATE TABLE t (a); DROP TABLE t').close()
    await box.data([
      'connection',
      'add',
      '--name',
      'empty',
      '--engine',
      'sqlite',
      '--path',
      'empty.sqlite',
      '--no-password',
    ])
    const { warnings } = await box.data<BackupDetail>(['backup', 'empty'], [3])
    expect(warnings.map(({ code }) => code)).toEqual(['EMPTY_DATABASE'])
  })
})

describe('without the right tool nothing runs', () => {
  const server = usePostgres({ version: 15 })
  const sandbox = useSandbox()

  it.each([
    ['no tool', null, 'TOOL_MISSING'],
    ['a tool that is older than the server', 'pg_dump (PostgreSQL) 9.6.24', 'TOOL_TOO_OLD'],
    ['a tool of another make', 'mysqldump  Ver 10.19 Distrib 10.11.19-MariaDB', 'TOOL_MISSING'],
  ])('%s', async (name, version, code) => {
    const box = sandbox()
    const { host, port, user, password } = server()
    const folder = box.path(name)
    mkdirSync(folder)
    if (version !== null) {
      writeFileSync(`${folder}/pg_dump`, `#!/bin/sh\necho '${version}'\n`)
      chmodSync(`${folder}/pg_dump`, 0o755)
    }
    writeFileSync(box.path('password'), password, { mode: 0o600 })
    await box.data([
      'connection',
      'add',
      '--name',
      name,
      '--engine',
      'postgresql',
      '--host',
      host,
      '--port',
      String(port),
      '--user',
      user,
      '--database',
      'postgres',
      '--password-file',
      'password',
    ])
    const ended = await box.run(['backup', name, '--json'], { HOLDFAST_TOOLS_PATH: folder })
    expect(ended.exitCode).toBe(13)
    const { error } = envelopeOf(ended)
    expect(error?.code).toBe(code)
    expect(error?.remedy).toMatch(/apt|brew/)
  })
})
