import { execFile } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import Database from 'better-sqlite3'
import { beforeAll, describe, expect, it } from 'vitest'
import { populate } from '../../main/engines/postgresql/testing/sample.ts'
import { createSampleDatabase } from '../../main/engines/sqlite/sample-database.ts'
import type { BackupDetail, Comparison } from '../../preload/contract/index.ts'
import { usePrograms } from '../servers/missing.ts'
import { usePostgres } from '../servers/postgres.ts'
import { useSandbox } from '../system/harness.ts'

const run = promisify(execFile)
const page = readFileSync(new URL('../../docs/restore-by-hand.md', import.meta.url), 'utf8')

/** The commands of the page that stand in the block ```sh <name>. */
function commandsOf(name: string): string {
  const found = new RegExp(`^\`\`\`sh ${name}\\n([^]*?)^\`\`\``, 'm').exec(page)?.[1]
  if (found === undefined) throw new Error(`docs/restore-by-hand.md has no block "${name}"`)
  return found
}

/** The commands of docs/restore-by-hand.md, taken from the page itself, with stock tools and nothing of Holdfast. */
describe('restore by hand', () => {
  usePrograms('age', 'zstd', 'sha256sum', 'script')
  const server = usePostgres({ version: 15 })
  const sandbox = useSandbox()
  let encrypted: BackupDetail
  let plain: BackupDetail
  let file: BackupDetail

  beforeAll(async () => {
    const { host, port, user, password } = server()
    await server().sql('CREATE DATABASE shop')
    await populate(server(), 'shop', 'by hand')
    const box = sandbox()
    writeFileSync(box.path('password'), password, { mode: 0o600 })
    await box.data([
      'connection',
      'add',
      '--name',
      'shop',
      '--engine',
      'postgresql',
      '--host',
      host,
      '--port',
      String(port),
      '--user',
      user,
      '--database',
      'shop',
      '--password-file',
      'password',
    ])
    createSampleDatabase(box.path('shop.sqlite'))
    await box.data([
      'connection',
      'add',
      '--name',
      'file',
      '--engine',
      'sqlite',
      '--path',
      'shop.sqlite',
      '--no-password',
    ])
    encrypted = await box.data<BackupDetail>(['backup', 'shop'])
    plain = await box.data<BackupDetail>(['backup', 'shop', '--no-encrypt'])
    file = await box.data<BackupDetail>(['backup', 'file'])
    expect([encrypted.encrypted, plain.encrypted, file.encrypted]).toEqual([true, false, true])
  })

  /** Runs commands in a shell with a terminal, on which the kit's passphrase is typed when `age` asks. */
  async function shell(commands: string, artifact: string, newDatabase: string): Promise<string> {
    const { host, port, user, password, binDir } = server()
    const box = sandbox()
    cpSync(box.path('kit', 'holdfast-kit.age'), box.path('holdfast-kit.age'))
    writeFileSync(box.path('commands.sh'), `set -eu\n${commands}`)
    const asks = commands.includes('age ')
    const terminal = `script -qec 'bash commands.sh' /dev/null`
    const typed = asks ? `(sleep 1.5; cat kit-passphrase; sleep 6) | ${terminal}` : 'bash commands.sh'
    const { stdout } = await run('bash', ['-c', `set -o pipefail; ${typed}`], {
      cwd: box.folder,
      env: {
        PATH: `${binDir}:${process.env['PATH'] ?? ''}`,
        HOME: box.folder,
        ARTIFACT: artifact,
        NEW_DATABASE: newDatabase,
        PGHOST: host,
        PGPORT: String(port),
        PGUSER: user,
        PGPASSWORD: password,
      },
      maxBuffer: 64 * 1024 * 1024,
    })
    return stdout
  }

  function pathOf(backup: BackupDetail): string {
    const location = backup.copies[0]?.location
    if (location === undefined) throw new Error('the backup has no copy')
    return location
  }

  it("the digest of the page is the manifest's", async () => {
    expect(await shell(commandsOf('check'), pathOf(encrypted), '')).toContain(encrypted.artifactSha256)
  })

  it('shows what is in an encrypted PostgreSQL backup', async () => {
    const list = await shell(commandsOf('postgresql-list'), pathOf(encrypted), '')
    expect(list).toContain('TABLE DATA public customer')
  })

  it('restores an encrypted PostgreSQL backup, and Holdfast finds it equal', async () => {
    await shell(commandsOf('postgresql-restore'), pathOf(encrypted), 'by_hand')
    const { equal } = await sandbox().data<Comparison>(['compare', encrypted.id, '--live', '--database', 'by_hand'])
    expect(equal).toBe(true)
  })

  it('restores one that is not encrypted', async () => {
    await shell(commandsOf('postgresql-restore-plain'), pathOf(plain), 'by_hand_plain')
    const { equal } = await sandbox().data<Comparison>(['compare', plain.id, '--live', '--database', 'by_hand_plain'])
    expect(equal).toBe(true)
  })

  it('restores a SQLite backup', async () => {
    const path = sandbox().path('by-hand.sqlite')
    await shell(commandsOf('sqlite-restore'), pathOf(file), path)
    const database = new Database(path, { readonly: true })
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(database.prepare('SELECT count(*) FROM orders').pluck().get()).toBe(9_500)
    database.close()
  })

  it("the manifest's own commands restore, in the artifact's folder", async () => {
    const folder = dirname(pathOf(plain))
    const manifest = JSON.parse(readFileSync(`${pathOf(plain)}.manifest.json`, 'utf8')) as { restoreByHand: string[] }
    await shell(`cd '${folder}'\n${manifest.restoreByHand.join('\n')}`, '', '')
    const { objects } = await sandbox().data<Comparison>(['compare', plain.id, '--live', '--database', 'shop_restored'])
    expect(objects.filter(({ kind, status }) => kind === 'table' && status !== 'equal')).toEqual([])
  })
})
