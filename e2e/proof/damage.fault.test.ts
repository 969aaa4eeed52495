import { existsSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { usePostgres } from '../servers/postgres.ts'
import { addSqlite, makeSqlite, postgresArguments, useProof } from './cli.ts'
import { damages, type Damage } from './damage.ts'
import { describeDamage } from './damage-suite.ts'

describe('a stored backup of SQLite, encrypted, changed behind the back', () => {
  const sandbox = useProof({ isEncrypted: true })
  beforeAll(async () => {
    makeSqlite(sandbox().path('shop.sqlite'))
    await addSqlite(sandbox(), 'shop', 'shop.sqlite')
  })
  describeDamage(sandbox, 'shop', true)

  it('wrote nothing where a restore was refused', () => {
    for (const name of ['never', 'never.json']) expect(existsSync(sandbox().path(name))).toBe(false)
  })
})

describe('a stored backup of PostgreSQL, not encrypted, changed behind the back', () => {
  const server = usePostgres({ version: 15 })
  const sandbox = useProof()
  beforeAll(async () => {
    await server().sql('CREATE DATABASE shop')
    await server().sql(
      `CREATE TABLE notes AS SELECT i AS id, md5(i::text) AS body FROM generate_series(1, 10000) i`,
      'shop',
    )
    await sandbox().data(await postgresArguments(sandbox(), server(), 'shop', 'shop'))
  })
  const isContent = ({ name }: Damage) => !/^the|middle|artifacts/.test(name)
  describeDamage(sandbox, 'shop', false, damages.filter(isContent))

  it('made no database where a restore was refused', async () => {
    expect((await server().sql('SELECT datname FROM pg_database')).split('\n')).not.toContain('never')
  })
})
