import { cpSync, readdirSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { createSampleDatabase } from '../../main/engines/sqlite/sample-database.ts'
import type { BackupDetail, BackupSummary, Comparison, ImportResult } from '../../preload/contract/index.ts'
import { useSandbox } from '../system/harness.ts'
import { addSqlite, apply, ask, backUp, filesBelow, listed, plan } from './commands.ts'

/** Backups that leave one installation in a folder and come to another one. */
describe('own backups on another machine', () => {
  const first = useSandbox()
  const second = useSandbox()
  const made = new Map<string, BackupDetail>()
  let fingerprint = ''

  beforeAll(async () => {
    createSampleDatabase(first().path('shop.sqlite'))
    await addSqlite(first(), 'shop', 'shop.sqlite')
    made.set('sealed', await backUp(first(), 'shop'))
    made.set('open', await backUp(first(), 'shop', '--no-encrypt'))
    for (const [name, backup] of made) await first().data(['backups', 'export', backup.id, name])
    const key = await first().data<{ fingerprint: string }>(['key', 'verify'])
    fingerprint = key.fingerprint
    for (const name of [...made.keys(), 'kit']) {
      cpSync(first().path(name), second().path(`from-first/${name}`), { recursive: true })
    }
    // A SQLite connection of the second machine, to restore beside.
    createSampleDatabase(second().path('here.sqlite'))
    await addSqlite(second(), 'here', 'here.sqlite')
  })

  function exported(name: string): string {
    const files = readdirSync(second().path('from-first', name))
    const artifact = files.find((file) => !file.endsWith('.manifest.json'))
    expect(files).toEqual([artifact, `${artifact ?? ''}.manifest.json`])
    return `from-first/${name}/${artifact ?? ''}`
  }

  function original(name: string): BackupDetail {
    const backup = made.get(name)
    if (backup === undefined) throw new Error(`no backup ${name}`)
    return backup
  }

  async function summary(id: string): Promise<BackupSummary | undefined> {
    return (await listed(second())).find((each) => each.id === id)
  }

  it('an encrypted one is taken in as of unknown origin, and says which key it needs', async () => {
    const { id } = original('sealed')
    expect(await second().data<ImportResult>(['backups', 'import', exported('sealed')])).toEqual({
      id,
      origin: 'unknown',
    })
    expect(await summary(id)).toMatchObject({ origin: 'unknown', needsKey: fingerprint, encrypted: true })
    const shown = await second().run(['backups', 'show', id])
    expect(shown.stdout).toMatch(new RegExp(`needs key.*${fingerprint}`, 'i'))
    const { objects } = await second().data<BackupDetail>(['backups', 'show', id])
    expect(objects).toEqual([])
  })

  it('without the key nothing comes out of it', async () => {
    const { id } = original('sealed')
    const into = second().path('stolen.sqlite')
    const refused = await Promise.all([
      ask(second(), ['rows', id, 'orders']),
      ask(second(), ['validate', id, '--level', 'restore', '--scratch', 'here']),
      ask(second(), ['restore', 'plan', id, '--to', 'here', '--database', into]),
    ])
    const [rows, validation, planned] = refused
    expect([rows?.exitCode, rows?.document.error?.code]).toEqual([1, 'KEY_MISSING'])
    expect([planned?.exitCode, planned?.document.error?.code]).toEqual([1, 'KEY_MISSING'])
    expect(validation?.exitCode).toBe(1)
    expect(JSON.stringify(validation?.document)).toContain(fingerprint)
    expect(JSON.stringify(rows?.document)).toContain(fingerprint)
    expect(filesBelow(second().folder).filter((file) => file.includes('stolen'))).toEqual([])
  })

  it('one that is not encrypted is listed with its contents, still of unknown origin', async () => {
    const { id, objects } = original('open')
    expect(await second().data<ImportResult>(['backups', 'import', exported('open')])).toEqual({
      id,
      origin: 'unknown',
    })
    const shown = await second().data<BackupDetail>(['backups', 'show', id])
    expect(shown).toMatchObject({ origin: 'unknown', needsKey: null })
    expect(shown.objects).toEqual(objects)
  })

  it('an import that is repeated adds nothing', async () => {
    const before = [await listed(second()), filesBelow(second().path('disk'))]
    await second().data(['backups', 'import', exported('sealed')])
    expect([await listed(second()), filesBelow(second().path('disk'))]).toEqual(before)
  })

  it('the kit of the first machine opens them, and makes them adopted', async () => {
    const imported = await second().data<{ fingerprint: string }>([
      'key',
      'import',
      '--kit',
      'from-first/kit',
      '--passphrase-file',
      'kit-passphrase',
    ])
    expect(imported.fingerprint).toBe(fingerprint)
    for (const name of made.keys()) {
      const { id, objects } = original(name)
      const shown = await second().data<BackupDetail>(['backups', 'show', id])
      expect(shown).toMatchObject({ origin: 'adopted', needsKey: null })
      expect(shown.objects).toEqual(objects)
    }
  })

  it.each(['sealed', 'open'])(
    'the %s one is restored there, equal, without a warning about its origin',
    async (name) => {
      const { id } = original(name)
      const database = second().path(`${name}.sqlite`)
      const planned = await plan(second(), id, { to: 'here', database })
      expect(planned.warnings.map(({ code }) => code)).not.toContain('UNKNOWN_ORIGIN')
      expect((await apply(second(), planned)).outcome).toBe('passed')
      const live = ['--live', '--connection', 'here', '--database', database]
      expect((await second().data<Comparison>(['compare', id, ...live])).equal).toBe(true)
    },
  )

  it('a backup of either key is compared with one of the other', async () => {
    const own = await backUp(second(), 'here')
    const shop = original('sealed')
    const { equal, objects } = await second().data<Comparison>(['compare', shop.id, '--with', own.id])
    expect(objects.filter(({ status }) => status !== 'equal')).toEqual([])
    expect(equal).toBe(true)
  })
})
