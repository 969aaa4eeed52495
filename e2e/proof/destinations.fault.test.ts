import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, rm, stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  addSqlite,
  artifactOf,
  ask,
  backUp,
  filesIn,
  listBackups,
  makeSqlite,
  useProof,
  type BackupSeen,
} from './cli.ts'

const run = promisify(execFile)

/** Mounts a file system of that size on a folder. */
async function mount(folder: string, megabytes: number): Promise<void> {
  await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'tmpfs', folder])
}

const isRoot = process.getuid?.() === 0

describe.runIf(isRoot)('a destination that is full', () => {
  const sandbox = useProof({ destinations: [] })
  const small = () => sandbox().path('small')
  let earlier: BackupSeen

  beforeAll(async () => {
    await mkdir(small(), { mode: 0o700 })
    await mount(small(), 8)
    await sandbox().data(['destination', 'add', '--name', 'disk', '--type', 'local', '--path', 'small'])
    makeSqlite(sandbox().path('shop.sqlite'), 3000)
    makeSqlite(sandbox().path('large.sqlite'), 12_000)
    for (const name of ['shop', 'large']) await addSqlite(sandbox(), name, `${name}.sqlite`)
    earlier = await backUp(sandbox(), 'shop')
  })
  afterAll(() => run('umount', [small()]))

  it('fails the backup with what is missing, leaves no partial file, and keeps what was there', async () => {
    const before = await filesIn(small())
    const failed = await ask(sandbox(), ['backup', 'large'])
    expect([failed.exitCode, failed.document.error?.code], failed.stdout).toEqual([14, 'NO_SPACE'])
    expect(failed.document.error?.remedy).toMatch(/./)
    expect(await filesIn(small())).toEqual(before)
    expect(await sandbox().data(['validate', earlier.id, '--level', 'decode'])).toMatchObject({ outcome: 'passed' })
  })

  it('is written into the history with its reason and its duration', async () => {
    const jobs = await sandbox().data<readonly { kind: string; status: Record<string, unknown> }[]>(['jobs', 'list'])
    const failed = jobs.find(({ status }) => status['state'] === 'failed')
    expect(failed).toMatchObject({ kind: 'backup', status: { error: { code: 'NO_SPACE' } } })
    const listed = await listBackups(sandbox())
    expect(listed.filter(({ state }) => state === 'complete').map(({ id }) => id)).toEqual([earlier.id])
    for (const backup of listed.filter(({ state }) => state === 'failed'))
      expect(backup).toMatchObject({ badge: 'none' })
  })

  it('does not fill up with a file that is left from before', async () => {
    await backUp(sandbox(), 'shop')
    const full = await ask(sandbox(), ['backup', 'shop'])
    expect([full.exitCode, full.document.error?.code]).toEqual([14, 'NO_SPACE'])
    const artifacts = (await filesIn(small())).filter((name) => !name.endsWith('.manifest.json'))
    expect(artifacts).toHaveLength(2)
  })

  it('leaves the other destination its copy', async () => {
    await mkdir(sandbox().path('large'), { mode: 0o700 })
    await sandbox().data(['destination', 'add', '--name', 'large', '--type', 'local', '--path', 'large'])
    const partial = await ask(sandbox(), ['backup', 'large'])
    expect(partial.exitCode, partial.stdout).toBe(3)
    expect(partial.document.data).toMatchObject({
      state: 'complete',
      copies: [
        { destination: 'disk', state: 'failed' },
        { destination: 'large', state: 'stored' },
      ],
    })
    const { id } = partial.document.data as BackupSeen
    expect(await sandbox().data(['validate', id, '--level', 'decode'])).toMatchObject({ outcome: 'passed' })
  })
})

describe.runIf(isRoot)('a disk of HOLDFAST_HOME that is full', () => {
  const sandbox = useProof()

  it('publishes no backup that the catalog could not take, and works again afterwards', async () => {
    const { home } = sandbox()
    makeSqlite(sandbox().path('shop.sqlite'), 200)
    await addSqlite(sandbox(), 'shop', 'shop.sqlite')
    const earlier = await backUp(sandbox(), 'shop')
    const saved = sandbox().path('saved-home')
    await run('cp', ['-a', home, saved])
    await mount(home, 4)
    try {
      await run('cp', ['-a', `${saved}/.`, home])
      await run('sh', ['-c', 'dd if=/dev/zero of="$1/filler" bs=4096 2>/dev/null || true', 'sh', home])
      const failed = await sandbox().run(['backup', 'shop', '--json'])
      expect(failed.exitCode, failed.stdout + failed.stderr).not.toBe(0)
      expect(JSON.parse(failed.stdout)).toMatchObject({ ok: false })
      await rm(`${home}/filler`)
      const listed = await listBackups(sandbox())
      expect(listed.filter(({ state }) => state === 'complete').map(({ id }) => id)).toEqual([earlier.id])
      const next = await backUp(sandbox(), 'shop')
      expect(await sandbox().data(['validate', next.id])).toMatchObject({ outcome: 'passed' })
      const files = await filesIn(sandbox().path('disk'))
      expect(files.filter((name) => !/\.zst(\.manifest\.json)?$/.test(name))).toEqual([])
      expect(files).toHaveLength(4)
    } finally {
      await run('umount', [home])
    }
  })
})

describe('a destination that refuses', () => {
  const sandbox = useProof({ destinations: ['disk', 'readonly'] })
  let readonly: string

  beforeAll(async () => {
    makeSqlite(sandbox().path('shop.sqlite'), 50)
    await addSqlite(sandbox(), 'shop', 'shop.sqlite')
    await backUp(sandbox(), 'shop')
    readonly = sandbox().path('readonly')
    // Nobody may write there, not even root.
    if (isRoot)
      await run('mount', ['--bind', readonly, readonly]).then(() => run('mount', ['-o', 'remount,ro,bind', readonly]))
    else await chmod(readonly, 0o500)
  })
  afterAll(async () => {
    if (isRoot) await run('umount', [readonly])
    else await chmod(readonly, 0o700)
  })

  it('costs one of two copies, and is named', async () => {
    const backup = await ask(sandbox(), ['backup', 'shop'])
    expect(backup.exitCode, backup.stdout).toBe(3)
    const data = backup.document.data as BackupSeen
    expect(data).toMatchObject({
      state: 'complete',
      copies: [
        { destination: 'disk', state: 'stored' },
        { destination: 'readonly', state: 'failed' },
      ],
    })
    const said = await sandbox().run(['backup', 'shop'])
    expect([said.exitCode, said.stdout]).toEqual([3, expect.stringContaining('1 of 2 copies')])
    expect((await sandbox().run(['status', '--check'])).exitCode).toBe(1)
  })

  it('fails the backup where it is the only one', async () => {
    const before = await filesIn(readonly)
    const failed = await ask(sandbox(), ['backup', 'shop', '--to', 'readonly'])
    expect([failed.exitCode, failed.document.error?.code]).toEqual([1, 'DESTINATION_READ_ONLY'])
    expect(await filesIn(readonly)).toEqual(before)
  })

  it('that went away is named, and the other copy is taken', async () => {
    const other = sandbox().path('away')
    await mkdir(other, { mode: 0o700 })
    await sandbox().data(['destination', 'add', '--name', 'away', '--type', 'local', '--path', 'away'])
    await rm(other, { recursive: true })
    const backup = await ask(sandbox(), ['backup', 'shop', '--to', 'disk', '--to', 'away'])
    expect(backup.exitCode, backup.stdout).toBe(3)
    const data = backup.document.data as BackupSeen
    expect((await stat(artifactOf(data))).mode & 0o777).toBe(0o600)
    expect(JSON.parse(await readFile(`${artifactOf(data)}.manifest.json`, 'utf8'))).toMatchObject({ id: data.id })
    await expect(stat(other)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
