import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Sandbox } from '../system/harness.ts'
import {
  addSqlite,
  ask,
  backUp,
  createKey,
  filesIn,
  listBackups,
  makeSandbox,
  makeSqlite,
  query,
  removeSandbox,
  restore,
  useProof,
  type BackupSeen,
} from './cli.ts'

describe('backups on a machine that does not have their key', () => {
  const origin = useProof()
  let fingerprint: string
  let plain: BackupSeen
  let sealed: BackupSeen
  let elsewhere: Sandbox

  const kitOfOrigin = () => ['key', 'import', '--kit', origin().path('kit'), '--passphrase-file']
  const seen = async (backup: BackupSeen) => (await listBackups(elsewhere)).find(({ id }) => id === backup.id)

  beforeAll(async () => {
    makeSqlite(origin().path('shop.sqlite'), 100)
    await addSqlite(origin(), 'shop', 'shop.sqlite')
    plain = await backUp(origin(), 'shop')
    fingerprint = await createKey(origin())
    sealed = await backUp(origin(), 'shop')
    elsewhere = await makeSandbox()
    await mkdir(elsewhere.path('mine'), { mode: 0o700 })
    const found = ['destination', 'add', '--name', 'disk', '--type', 'local', '--path', origin().path('disk')]
    await elsewhere.data(found)
    await elsewhere.data(['destination', 'add', '--name', 'mine', '--type', 'local', '--path', 'mine'])
    // A key of its own does not help.
    await createKey(elsewhere)
    makeSqlite(elsewhere.path('local.sqlite'), 1)
    await addSqlite(elsewhere, 'local', 'local.sqlite')
  })
  afterAll(() => removeSandbox(elsewhere))

  it('are found by a rescan, of unknown origin', async () => {
    expect([plain.encrypted, sealed.encrypted]).toEqual([false, true])
    const scanned = await elsewhere.data(['destination', 'rescan', 'disk'])
    expect(scanned).toEqual({ found: 2, added: 2, orphans: [] })
    expect(await elsewhere.data(['destination', 'rescan', 'disk'])).toEqual({ found: 2, added: 0, orphans: [] })
    expect(await seen(plain)).toMatchObject({ origin: 'unknown', needsKey: null })
    expect(await seen(sealed)).toMatchObject({ origin: 'unknown', needsKey: fingerprint })
  })

  it('say which key they need, in the list and on their page, and do not show what is sealed', async () => {
    for (const args of [['list'], ['show', sealed.id]]) {
      const shown = await elsewhere.run(['backups', ...args])
      expect(shown.stdout, args.join(' ')).toContain(fingerprint)
      expect(shown.stdout).not.toContain('notes')
    }
  })

  it('are checked without the key as far as that goes', async () => {
    expect(await elsewhere.data(['validate', sealed.id])).toMatchObject({ outcome: 'passed' })
    const decoded = await ask(elsewhere, ['validate', sealed.id, '--level', 'decode'])
    expect(decoded.exitCode).toBe(1)
    expect(decoded.document.data).toMatchObject({ outcome: 'could-not-run' })
    expect(decoded.stdout).toContain(fingerprint)
    expect(await seen(sealed)).toMatchObject({ badge: 'checked' })
  })

  it.each([
    [
      'restore plan',
      (id: string) => ['restore', 'plan', id, '--to', 'local', '--database', 'target.sqlite', '-o', 'plan.json'],
    ],
    ['rows', (id: string) => ['rows', id, 'notes']],
    ['compare', (id: string) => ['compare', id, '--live', '--connection', 'local']],
  ])('are refused by %s, which names the key and decodes nothing', async (_command, command) => {
    const before = await filesIn(elsewhere.folder)
    const refused = await ask(elsewhere, command(sealed.id))
    expect(refused.exitCode, refused.stdout).toBe(1)
    expect(refused.document.error?.code).toMatch(/^KEY_(MISSING|WRONG)$/)
    expect(Object.values(refused.document.error ?? {}).join(' ')).toContain(fingerprint)
    for (const name of ['target.sqlite', 'plan.json']) expect(existsSync(elsewhere.path(name))).toBe(false)
    const isLog = (name: string) => name.startsWith('home/')
    expect((await filesIn(elsewhere.folder)).filter((name) => !isLog(name))).toEqual(
      before.filter((name) => !isLog(name)),
    )
  })

  it('stay closed to a kit with a wrong passphrase', async () => {
    await writeFile(elsewhere.path('wrong'), 'not the passphrase', { mode: 0o600 })
    const refused = await ask(elsewhere, [...kitOfOrigin(), 'wrong'])
    expect([refused.exitCode, refused.document.error?.code]).toEqual([12, 'PASSPHRASE_WRONG'])
    expect(refused.stdout + refused.stderr).not.toContain('not the passphrase')
    expect(await seen(sealed)).toMatchObject({ needsKey: fingerprint })
  })

  it('are all there once the kit was imported: adopted, listed with their contents, restorable', async () => {
    expect(await elsewhere.data([...kitOfOrigin(), origin().path('kit-passphrase')])).toEqual({ fingerprint })
    for (const backup of [plain, sealed]) {
      expect(await seen(backup)).toMatchObject({ origin: 'adopted', needsKey: null })
      const shown = await elsewhere.data<BackupSeen>(['backups', 'show', backup.id])
      expect(shown.objects).toContainEqual(expect.objectContaining({ name: 'notes', rows: 100 }))
      const target = `${backup.id}.sqlite`
      await restore(elsewhere, backup.id, target, '--to', 'local')
      const live = ['compare', backup.id, '--live', '--connection', 'local', '--database', target]
      expect(await elsewhere.data(live)).toMatchObject({ equal: true })
      expect(query(elsewhere.path(target), 'SELECT value FROM marker')).toEqual([origin().path('shop.sqlite')])
    }
  })

  it('are proven there too', async () => {
    await elsewhere.data(['validate', sealed.id, '--level', 'restore', '--scratch', 'local'])
    expect(await seen(sealed)).toMatchObject({ badge: 'proven' })
  })
})
