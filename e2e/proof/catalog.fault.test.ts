import { open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { beforeAll, describe, expect, it } from 'vitest'
import { killAll, send, until } from '../system/processes.ts'
import { addSqlite, ask, backUp, filesIn, listBackups, makeSqlite, restore, useProof, type BackupSeen } from './cli.ts'

describe('a damaged catalog', () => {
  const sandbox = useProof({ destinations: ['disk', 'second'], isEncrypted: true })
  const catalog = (suffix = '') => `${sandbox().home}/catalog.sqlite${suffix}`
  let backups: readonly BackupSeen[]

  const overwrite = async (offset: number, bytes: Uint8Array) => {
    const file = await open(catalog(), 'r+')
    await file.write(bytes, 0, bytes.length, offset)
    await file.close()
  }
  const quarantined = async () =>
    (await readdir(sandbox().home)).filter((name) => /^catalog\.corrupt-.*\.sqlite$/.test(name))

  beforeAll(async () => {
    makeSqlite(sandbox().path('shop.sqlite'), 50)
    await addSqlite(sandbox(), 'shop', 'shop.sqlite')
    for (let number = 0; number < 3; number += 1) await backUp(sandbox(), 'shop')
    backups = await listBackups(sandbox())
    expect(backups).toHaveLength(3)
  })

  it.each([
    ['a page of zeros', async () => overwrite(4096, new Uint8Array(4096))],
    ['pages of zeros', async () => overwrite(4096, new Uint8Array((await stat(catalog())).size - 4096))],
    ['a bad header', async () => overwrite(0, Buffer.from('not a database at all'))],
    ['a file that was emptied', async () => writeFile(catalog(), '')],
    ['a file that is gone', async () => rm(catalog())],
  ])('%s is set aside, and every artifact is listed again', async (_damage, damage) => {
    const before = await quarantined()
    await damage()
    const first = await ask(sandbox(), ['backups', 'list'])
    expect(first.exitCode, first.stdout + first.stderr).toBe(0)
    expect(first.stderr).toMatch(/catalog/i)
    const listed = await listBackups(sandbox())
    expect(listed.map(({ id }) => id).toSorted()).toEqual(backups.map(({ id }) => id).toSorted())
    for (const backup of listed) {
      expect(backup).toMatchObject({ state: 'complete', origin: 'own', needsKey: null })
      expect(backup.copies.map(({ state }) => state)).toEqual(['stored', 'stored'])
    }
    if (!/emptied|gone/.test(_damage)) expect((await quarantined()).length).toBe(before.length + 1)
    expect(await sandbox().data(['connection', 'list'])).toHaveLength(1)
  })

  it('works on as before', async () => {
    const [newest] = backups
    await restore(sandbox(), newest?.id ?? '', 'again.sqlite')
    await backUp(sandbox(), 'shop')
    expect(await listBackups(sandbox())).toHaveLength(4)
    expect((await ask(sandbox(), ['audit', 'verify'])).document.ok).toBe(true)
  })
})

describe('a lost write-ahead log', () => {
  const sandbox = useProof()

  /** Stops the processes of jobs at a moment at which none of them holds the catalog. */
  async function stopJobs(): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const processes = await sandbox().jobProcesses()
      for (const { pid } of processes) send(pid, 'SIGSTOP')
      if (isCatalogFree()) return
      for (const { pid } of processes) send(pid, 'SIGCONT')
      await sleep(20)
    }
    throw new Error('The catalog was held at every attempt.')
  }

  function isCatalogFree(): boolean {
    const database = new Database(`${sandbox().home}/catalog.sqlite`, { timeout: 200 })
    try {
      database.exec('BEGIN IMMEDIATE; ROLLBACK')
      return true
    } catch (error) {
      if (error instanceof Database.SqliteError && error.code === 'SQLITE_BUSY') return false
      throw error
    } finally {
      database.close()
    }
  }

  it('costs no backup', async () => {
    for (const name of ['shop', 'other']) {
      makeSqlite(sandbox().path(`${name}.sqlite`), 100)
      await addSqlite(sandbox(), name, `${name}.sqlite`)
    }
    await backUp(sandbox(), 'shop')
    // While one command is under way, the other's rows stay in the log.
    const held = sandbox().start(['backup', 'other', '--json'])
    const job = await until(async () => (await sandbox().jobProcesses())[0] ?? null, 20_000)
    expect(job).not.toBeNull()
    await stopJobs()
    const known = await backUp(sandbox(), 'shop')
    killAll(await sandbox().processes())
    await held.ended
    expect(await filesIn(sandbox().home)).toContain('catalog.sqlite-wal')
    for (const suffix of ['-wal', '-shm']) await rm(`${sandbox().home}/catalog.sqlite${suffix}`)

    const first = await ask(sandbox(), ['backups', 'list'])
    expect(first.exitCode, first.stdout + first.stderr).toBe(0)
    expect(first.stderr).toContain('write-ahead log')
    const listed = await listBackups(sandbox())
    expect(listed.filter(({ state }) => state === 'complete')).toHaveLength(2)
    expect(listed.map(({ id }) => id)).toContain(known.id)
    expect(await sandbox().data(['validate', known.id])).toMatchObject({ outcome: 'passed' })
  })
})

describe('a catalog of a newer version', () => {
  const sandbox = useProof()

  it('is refused by every command, and not touched', async () => {
    const path = `${sandbox().home}/catalog.sqlite`
    const database = new Database(path)
    database.pragma('user_version = 9999')
    database.pragma('wal_checkpoint(TRUNCATE)')
    database.close()
    const [before, files] = [await readFile(path), await filesIn(sandbox().home)]
    for (const args of [['backups', 'list'], ['status'], ['backup', 'shop'], ['doctor'], ['connection', 'list']]) {
      const refused = await ask(sandbox(), args)
      expect([refused.exitCode, refused.document.error?.code], args.join(' ')).toEqual([1, 'CATALOG_TOO_NEW'])
      expect(refused.document.error?.remedy).toMatch(/./)
    }
    expect((await readFile(path)).equals(before)).toBe(true)
    expect(await filesIn(sandbox().home)).toEqual(files)
  })
})
