import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listCatalogBackups } from './catalog-backups.ts'
import { Catalog } from './catalog.ts'
import { skipOrFail } from '../../e2e/servers/missing.ts'
import { backupRecord, connectionRecord, copyRecord } from './testing/records.ts'

let home: string
let path: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-test-catalog-'))
  path = join(home, 'catalog.sqlite')
})

afterEach(() => rmSync(home, { recursive: true, force: true }))

function open(mode: 'owner' | 'job' = 'owner'): Catalog {
  return Catalog.open({ home, appVersion: '0.0.0', mode })
}

function codeOf(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
  return 'nothing was thrown'
}

/** A connection that is in the catalog's backup, and 200 backups of which some are not. */
function fill(): string {
  const catalog = open()
  catalog.connections.add(connectionRecord())
  for (let number = 0; number < 200; number++) catalog.backups.insert(backupRecord(), [copyRecord()], null, null)
  const { installation } = catalog
  catalog.close()
  return installation
}

function overwrite(offset: number, bytes: Uint8Array): void {
  const file = openSync(path, 'r+')
  writeSync(file, bytes, 0, bytes.length, offset)
  closeSync(file)
}

function setAside(): readonly string[] {
  return readdirSync(home).filter((name) => /^catalog\.corrupt-.*\.sqlite$/.test(name))
}

function entry(name: string): string {
  return fileURLToPath(new URL(`testing/${name}`, import.meta.url))
}

/** A process that opened the catalog, added these connections, and was killed. */
async function diesWith(...names: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [entry('catalog-process.ts'), home, ...names], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
}

describe('a damaged catalog', () => {
  it.each<[string, () => void]>([
    ['bad header', () => overwrite(0, new TextEncoder().encode('not a database at all'))],
    ['first page zeroed', () => overwrite(0, new Uint8Array(4096))],
    [
      'a page in the middle zeroed',
      () => overwrite(4096 * Math.floor(statSync(path).size / 4096 / 2), new Uint8Array(4096)),
    ],
    ['cut in half', () => truncateSync(path, Math.floor(statSync(path).size / 8192) * 4096)],
    ['empty', () => truncateSync(path, 0)],
    ['gone', () => rmSync(path)],
  ])(
    '%s: is set aside, the last sound backup of it takes its place, and destinations have to be rescanned',
    (what, damage) => {
      const installation = fill()
      damage()
      const before = existsSync(path) ? readFileSync(path) : null
      const catalog = open()
      expect(catalog.wasRebuilt).toBe(true)
      expect(catalog.rebuildReason).toMatch(/took its place/)
      expect(catalog.connections.list()).toHaveLength(1)
      expect(catalog.installation).toBe(installation)
      const [aside] = setAside()
      if (before !== null) expect(readFileSync(join(home, aside ?? '')).equals(before), what).toBe(true)
      catalog.close()
      const again = open()
      expect(again.wasRebuilt).toBe(true)
      again.rebuildDone()
      again.close()
      const last = open()
      expect([last.wasRebuilt, last.rebuildReason]).toEqual([false, null])
      last.close()
      expect(setAside()).toHaveLength(before === null ? 0 : 1)
    },
  )

  it('without any sound backup begins anew, and says so', () => {
    fill()
    for (const backup of listCatalogBackups(home)) writeFileSync(backup, 'damaged too')
    overwrite(0, new Uint8Array(4096))
    const catalog = open()
    expect(catalog.rebuildReason).toMatch(/an empty one took its place/)
    expect(catalog.connections.list()).toEqual([])
    catalog.close()
  })

  it('takes the newest backup that is sound', () => {
    fill()
    writeFileSync(join(home, 'catalog-backups', 'catalog-2999-01-01T00-00-00-000Z.sqlite'), 'damaged')
    overwrite(0, new Uint8Array(4096))
    const catalog = open()
    expect(catalog.connections.list()).toHaveLength(1)
    catalog.close()
  })

  it('is not touched by a job process', () => {
    fill()
    overwrite(0, new Uint8Array(4096))
    expect(codeOf(() => open('job'))).toBe('CATALOG_CORRUPT')
    expect(setAside()).toEqual([])
  })

  it('whose write-ahead log was deleted after a crash: noticed, though SQLite is content', async () => {
    fill()
    await diesWith('lost')
    expect(existsSync(`${path}-wal`)).toBe(true)
    rmSync(`${path}-wal`)
    const catalog = open()
    expect(catalog.wasRebuilt).toBe(true)
    expect(catalog.rebuildReason).toMatch(/write-ahead log was missing/)
    expect(catalog.connections.list().map(({ name }) => name)).toEqual(['shop'])
    expect(setAside()).toHaveLength(1)
    catalog.close()
  })

  it('after a crash alone keeps all that was committed, and needs no rescan', async () => {
    fill()
    await diesWith('kept')
    const catalog = open()
    expect(catalog.wasRebuilt).toBe(false)
    expect(catalog.connections.list().map(({ name }) => name)).toEqual(['kept', 'shop'])
    catalog.close()
    // The dead process's mark is gone with it: a log that is missing after an orderly end means nothing.
    const next = open()
    expect(next.wasRebuilt).toBe(false)
    next.close()
    expect(existsSync(`${path}-wal`)).toBe(false)
    expect(readdirSync(join(home, 'catalog-open'))).toEqual([])
  })

  it('is closed by a process that ends by itself in the middle of something', async () => {
    fill()
    const run = promisify(execFile)(process.execPath, [entry('catalog-process.ts'), home, 'kept', 'exit'])
    await expect(run).rejects.toMatchObject({ code: 1 })
    const catalog = open()
    expect(catalog.wasRebuilt).toBe(false)
    expect(catalog.connections.list().map(({ name }) => name)).toEqual(['kept', 'shop'])
    catalog.close()
  })

  it('after the first start ever was killed and its log deleted is not mistaken for a sound one', async () => {
    await diesWith('first')
    rmSync(`${path}-wal`)
    const catalog = open()
    expect(catalog.wasRebuilt).toBe(true)
    catalog.close()
  })
})

describe('a full disk (fault 2)', () => {
  it('refuses what does not fit, keeps all that was there, and goes on once there is space', async (context) => {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) skipOrFail(context, 'mounting needs root on Linux')
    try {
      await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', home])
    } catch (error) {
      skipOrFail(context, `a tmpfs cannot be mounted: ${String(error)}`)
    }
    try {
      const before = backupRecord()
      const filler = join(home, 'filler')
      let catalog = open()
      catalog.connections.add(connectionRecord())
      catalog.backups.insert(before, [copyRecord()], null, null)
      expect(codeOf(() => writeFileSync(filler, new Uint8Array(4_000_000)))).toBe('ENOSPC')
      const large = backupRecord()
      expect(codeOf(() => catalog.backups.insert(large, [copyRecord()], null, 'x'.repeat(200_000)))).toBe('NO_SPACE')
      expect(catalog.backups.list().map(({ id }) => id)).toEqual([before.id])
      catalog.close()
      catalog = open()
      expect(catalog.wasRebuilt).toBe(false)
      expect(catalog.backupProblem?.code).toBe('NO_SPACE')
      rmSync(filler)
      catalog.backups.insert(large, [copyRecord()], null, 'x'.repeat(200_000))
      catalog.close()
      catalog = open()
      expect(catalog.backupProblem).toBeNull()
      expect(catalog.backups.list()).toHaveLength(2)
      catalog.close()
      const database = new Database(path)
      expect(database.pragma('quick_check', { simple: true })).toBe('ok')
      database.close()
      expect(readdirSync(join(home, 'catalog-backups')).filter((name) => name.endsWith('.partial'))).toEqual([])
    } finally {
      await promisify(execFile)('umount', ['-l', home])
    }
  })
})

describe('versions', () => {
  it('a newer schema is refused and nothing is changed', () => {
    fill()
    const database = new Database(path)
    database.pragma('user_version = 999')
    database.pragma('journal_mode = DELETE')
    database.close()
    const before = readFileSync(path)
    for (const mode of ['owner', 'job'] as const) expect(codeOf(() => open(mode))).toBe('CATALOG_TOO_NEW')
    expect(readFileSync(path).equals(before)).toBe(true)
    expect(setAside()).toEqual([])
  })

  it('a migration killed in its middle leaves the version before, and starts again', async () => {
    fill()
    await expect(promisify(execFile)(process.execPath, [entry('migrating-process.ts'), home])).rejects.toMatchObject({
      signal: 'SIGKILL',
    })
    const catalog = open()
    expect(catalog.wasRebuilt).toBe(false)
    expect(catalog.connections.list()).toHaveLength(1)
    catalog.close()
    const database = new Database(path)
    expect(database.prepare("SELECT name FROM sqlite_schema WHERE name = 'half'").all()).toEqual([])
    expect(database.pragma('quick_check', { simple: true })).toBe('ok')
    database.close()
  })

  it('the very first start killed while it makes the schema starts again', () => {
    // What a kill before the first commit leaves: a file without a schema.
    new Database(path).pragma('journal_mode = WAL')
    const catalog = open()
    expect(catalog.installation).toHaveLength(26)
    catalog.close()
  })

  it('six processes that make the catalog at once agree on one installation, and lose nothing', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    const said = await Promise.all(
      names.map((name) => promisify(execFile)(process.execPath, [entry('catalog-process.ts'), home, name, 'close'])),
    )
    expect(new Set(said.map(({ stdout }) => stdout)).size).toBe(1)
    const catalog = open()
    expect(catalog.connections.list().map(({ name }) => name)).toEqual(names)
    expect(catalog.wasRebuilt).toBe(false)
    catalog.close()
  })
})

describe('its own backups', () => {
  it('hold every change of the configuration, and five are kept, for the owner alone', () => {
    for (let number = 0; number < 8; number++) {
      const catalog = open()
      catalog.connections.add(connectionRecord({ name: `c${number}` }))
      catalog.close()
    }
    const backups = listCatalogBackups(home)
    expect(backups).toHaveLength(5)
    const newest = new Database(backups[0] ?? '', { readonly: true })
    expect(newest.prepare('SELECT count(*) AS n FROM connections').get()).toEqual({ n: 8 })
    newest.close()
    expect(statSync(backups[0] ?? '').mode & 0o777).toBe(0o600)
  })

  it('are not taken anew within a day, only for backups', () => {
    fill()
    open().close()
    const before = listCatalogBackups(home)
    for (let number = 0; number < 3; number++) {
      const catalog = open()
      catalog.backups.insert(backupRecord(), [], null, null)
      catalog.close()
    }
    expect(listCatalogBackups(home)).toEqual(before)
    const yesterday = Date.now() / 1_000 - 25 * 3_600
    utimesSync(before[0] ?? '', yesterday, yesterday)
    open().close()
    expect(listCatalogBackups(home)).toHaveLength(before.length + 1)
  })
})
