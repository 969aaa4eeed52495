import { rm, stat } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  addSqlite,
  artifactOf,
  ask,
  backUp,
  listBackups,
  makeSqlite,
  restore,
  useProof,
  type BackupSeen,
  type ReportSeen,
} from './cli.ts'
import { flipBit, manifestOf } from './damage.ts'

describe('a backup with two copies, one of which was changed', () => {
  const sandbox = useProof({ destinations: ['first', 'second'], isEncrypted: true })
  let backup: BackupSeen

  const seen = async () => (await listBackups(sandbox())).find(({ id }) => id === backup.id)
  const copies = (first: string, second: string) => [
    { destination: 'first', state: first },
    { destination: 'second', state: second },
  ]

  beforeAll(async () => {
    makeSqlite(sandbox().path('shop.sqlite'), 100)
    await addSqlite(sandbox(), 'shop', 'shop.sqlite')
    backup = await backUp(sandbox(), 'shop')
    expect(backup.copies.map(({ state }) => state)).toEqual(['stored', 'stored'])
  })

  it('is restored from the intact one, and the other is marked', async () => {
    await flipBit(artifactOf(backup, 'first'), 2000)
    await restore(sandbox(), backup.id, 'from-the-second.sqlite')
    expect(await seen()).toMatchObject({ badge: 'checked', copies: copies('altered', 'stored') })
    const live = ['compare', backup.id, '--live', '--database', 'from-the-second.sqlite']
    expect(await sandbox().data(live)).toMatchObject({ equal: true })
  })

  it('is proven by the intact one, while the altered one is named', async () => {
    const validated = await ask(sandbox(), ['validate', backup.id, '--level', 'restore'])
    expect(validated.exitCode, validated.stdout).toBe(5)
    const { checks } = validated.document.data as ReportSeen
    expect(checks.filter(({ outcome }) => outcome === 'failed')).toMatchObject([{ name: 'checksum at first' }])
    expect(checks.filter(({ outcome }) => outcome === 'could-not-run')).toEqual([])
    expect(checks).toContainEqual(expect.objectContaining({ name: 'content', outcome: 'passed' }))
    expect(await seen()).toMatchObject({ badge: 'proven', copies: copies('altered', 'stored') })
  })

  it('is exported from the intact one', async () => {
    await sandbox().data(['backups', 'export', backup.id, 'exported'])
    const exported = sandbox().path('exported', artifactOf(backup, 'second').split('/').at(-1) ?? '')
    expect((await stat(exported)).size).toBe(backup.artifactBytes)
  })

  it('still shows its rows', async () => {
    const shown = await sandbox().run(['rows', backup.id, 'notes', '--limit', '2'])
    expect([shown.exitCode, shown.stdout.split('\n').length]).toEqual([0, 4])
  })

  it('has failed when the last copy is gone too, and says so for each', async () => {
    await rm(manifestOf(backup, 'second'))
    const refused = await ask(sandbox(), ['restore', 'plan', backup.id, '--database', 'never.sqlite'])
    expect(refused.exitCode).toBe(5)
    const validated = await ask(sandbox(), ['validate', backup.id])
    expect(validated.exitCode).toBe(5)
    expect(await seen()).toMatchObject({ badge: 'failed', copies: copies('altered', 'missing') })
    const latest = await ask(sandbox(), ['validate', 'latest', '--connection', 'shop'])
    expect([latest.exitCode, latest.document.error?.code]).toEqual([10, 'NOT_FOUND'])
  })
})
