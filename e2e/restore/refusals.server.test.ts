import { linkSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { beforeAll, describe, expect, it } from 'vitest'
import type { BackupDetail, RestorePlan, RestoreResult, RestoreSummary } from '../../preload/contract/index.ts'
import { createSampleDatabase } from '../../main/engines/sqlite/sample-database.ts'
import { addSqlite, ask, backUp } from '../exchange/commands.ts'
import { useSandbox } from '../system/harness.ts'

/** Plans and applications that have to be refused, on a SQLite file. */
describe('a restore over an existing file', () => {
  const sandbox = useSandbox()
  const backups: BackupDetail[] = []

  beforeAll(async () => {
    createSampleDatabase(sandbox().path('shop.sqlite'))
    await addSqlite(sandbox(), 'shop', 'shop.sqlite')
    backups.push(await backUp(sandbox(), 'shop'))
    await sleep(1_100)
    change('DELETE FROM reviews')
    backups.push(await backUp(sandbox(), 'shop'))
  })

  function change(sql: string): void {
    const database = new Database(sandbox().path('shop.sqlite'), { fileMustExist: true })
    database.exec(sql)
    database.close()
  }

  const plan = (...args: readonly string[]) => ask(sandbox(), ['restore', 'plan', ...args, '-o', 'plan.json'])
  const bytes = (name: string) => readFileSync(sandbox().path(name)).toString('base64')

  it('takes the newest good backup from before the trouble, and names those that it leaves out', async () => {
    const [older, newer] = backups
    const before = new Date(Date.parse(newer?.startedAt ?? '') - 500).toISOString()
    const planned = await plan('latest', '--connection', 'shop', '--before', before, '--mode', 'swap')
    expect(planned.exitCode, planned.stdout).toBe(0)
    const document = planned.document.data as RestorePlan
    expect(document.backup).toBe(older?.id)
    expect(document.newerBackups.map(({ backup }) => backup)).toEqual([newer?.id])
    expect(document.target).toMatchObject({ exists: true, database: sandbox().path('shop.sqlite') })
    const tooEarly = await plan('latest', '--connection', 'shop', '--before', '2020-01-01')
    expect([tooEarly.exitCode, tooEarly.document.error?.code]).toEqual([10, 'NOT_FOUND'])
    const unreadable = await plan('latest', '--connection', 'shop', '--before', 'yesterday')
    expect(unreadable.exitCode).toBe(2)
  })

  it('does not leave the safety backup out without a reason, and writes the reason down', async () => {
    const [older] = backups
    const without = await plan(older?.id ?? '', '--mode', 'swap', '--no-safety-backup')
    expect([without.exitCode, without.document.error?.code]).toEqual([2, 'USAGE'])
    const reason = ['--no-safety-backup', '--reason', 'the disk is full']
    const planned = await plan(older?.id ?? '', '--mode', 'swap', ...reason)
    expect((planned.document.data as RestorePlan).safetyBackup).toEqual({ taken: false, reason: 'the disk is full' })
    const applied = await sandbox().data<RestoreResult>(['restore', 'apply', 'plan.json', '--confirm', 'shop.sqlite'])
    expect(applied.safetyBackup).toBeNull()
    expect(JSON.stringify(await sandbox().data(['audit', 'list']))).toContain('the disk is full')
    await sandbox().data(['restore', 'undo', applied.id, '--confirm', 'shop.sqlite'])
    await sandbox().data(['restore', 'finish', applied.id, '--confirm', 'shop.sqlite'])
  })

  it('never fires with a wrong name, an edited plan, or the same plan twice', async () => {
    const [older] = backups
    const untouched = bytes('shop.sqlite')
    await plan(older?.id ?? '', '--mode', 'swap')
    const apply = (confirm: string) => ask(sandbox(), ['restore', 'apply', 'plan.json', '--confirm', confirm])
    expect((await apply('shop')).document.error?.code).toBe('CONFIRMATION_WRONG')
    const genuine = readFileSync(sandbox().path('plan.json'), 'utf8')
    writeFileSync(sandbox().path('plan.json'), genuine.replace('"swap"', '"in-place"'))
    expect((await apply('shop.sqlite')).document.error?.code).toBe('PLAN_INVALID')
    expect(bytes('shop.sqlite')).toBe(untouched)
    writeFileSync(sandbox().path('plan.json'), genuine)
    const applied = await apply('shop.sqlite')
    expect(applied.exitCode, applied.stdout).toBe(0)
    // The file has another identity now.
    const again = await apply('shop.sqlite')
    expect([again.exitCode, again.document.error?.code]).toEqual([6, 'TARGET_CHANGED'])
    const { id } = applied.document.data as RestoreResult
    await sandbox().data(['restore', 'undo', id, '--confirm', 'shop.sqlite'])
    expect(bytes('shop.sqlite')).toBe(untouched)
    await sandbox().data(['restore', 'finish', id, '--confirm', 'shop.sqlite'])
    const finished = await ask(sandbox(), ['restore', 'undo', id, '--confirm', 'shop.sqlite'])
    expect([finished.exitCode, finished.document.error?.code]).toEqual([6, 'PLAN_BLOCKED'])
  })

  it('is refused with a backup that nobody known here signed', async () => {
    createSampleDatabase(sandbox().path('foreign.db'))
    const { id } = await sandbox().data<{ id: string }>(['backups', 'import', 'foreign.db'])
    for (const mode of ['swap', 'in-place']) {
      const into = ['--to', 'shop', '--database', sandbox().path('shop.sqlite')]
      const planned = await plan(id, ...into, '--mode', mode)
      expect(planned.exitCode).toBe(6)
      expect((planned.document.data as RestorePlan).blockers.map(({ code }) => code)).toContain('UNKNOWN_ORIGIN')
      const applied = await ask(sandbox(), ['restore', 'apply', 'plan.json', '--confirm', 'shop.sqlite'])
      expect([applied.exitCode, applied.document.error?.code]).toEqual([6, 'PLAN_BLOCKED'])
    }
  })

  it('never has a file of Holdfast itself as its target, whatever leads there', async () => {
    const catalog = sandbox().path('home', 'catalog.sqlite')
    symlinkSync(catalog, sandbox().path('link.sqlite'))
    symlinkSync(sandbox().path('home'), sandbox().path('linked-home'))
    linkSync(catalog, sandbox().path('hard.sqlite'))
    const [older] = backups
    const names = ['home/catalog.sqlite', 'link.sqlite', 'linked-home/catalog.sqlite', 'hard.sqlite', 'home/new.sqlite']
    for (const [index, name] of names.entries()) {
      for (const mode of index === 0 ? ['new', 'swap', 'in-place'] : ['in-place']) {
        const planned = await plan(older?.id ?? '', '--database', sandbox().path(name), '--mode', mode)
        expect([name, mode, planned.exitCode], planned.stdout).toEqual([name, mode, 6])
        const codes = (planned.document.data as RestorePlan).blockers.map(({ code }) => code)
        expect(codes).toContain('TARGET_IS_CATALOG')
        const confirm = (planned.document.data as RestorePlan).confirm
        const applied = await ask(sandbox(), ['restore', 'apply', 'plan.json', '--confirm', confirm])
        expect([applied.exitCode, applied.document.error?.code]).toEqual([6, 'TARGET_IS_CATALOG'])
      }
    }
    expect(await sandbox().data(['audit', 'verify'])).toMatchObject({ valid: true })
  })

  it('in place keeps the file, shows its new rows to a program that has it open, and is taken back by the safety backup', async () => {
    const open = new Database(sandbox().path('shop.sqlite'), { fileMustExist: true })
    const reviews = () => open.prepare('SELECT count(*) FROM reviews').pluck().get()
    try {
      expect(reviews()).toBe(0)
      const [older] = backups
      const planned = await plan(older?.id ?? '', '--mode', 'in-place')
      expect(planned.exitCode, planned.stdout).toBe(0)
      const done = await sandbox().data<RestoreResult>(['restore', 'apply', 'plan.json', '--confirm', 'shop.sqlite'])
      expect([done.outcome, done.retired]).toEqual(['passed', null])
      expect(reviews()).toBe(4_000)
      const refused = await ask(sandbox(), ['restore', 'undo', done.id, '--confirm', 'shop.sqlite'])
      expect(refused.document.error?.remedy).toContain(done.safetyBackup)
      await plan(done.safetyBackup ?? '', '--mode', 'in-place')
      await sandbox().data(['restore', 'apply', 'plan.json', '--confirm', 'shop.sqlite'])
      expect(reviews()).toBe(0)
      const [newest] = await sandbox().data<readonly RestoreSummary[]>(['restore', 'list'])
      expect(newest).toMatchObject({ mode: 'in-place', state: 'applied', outcome: 'passed' })
    } finally {
      open.close()
    }
  })
})
