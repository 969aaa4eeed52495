import { mkdirSync, renameSync, watch } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { scaled } from '../scale.ts'
import { useSandbox, type Running } from './harness.ts'
import { isJobProcess } from './program.ts'
import { completeBackups, jobIdOf, jobOf, validate, withProgress } from './kill-rounds.ts'
import { leftoversOf, unpairedIn } from './leftovers.ts'
import { send, until } from './processes.ts'
import { usePostgresSource, useSqlite } from './sources.ts'

/**
 * A second destination takes its time after the manifest has appeared at the first: so a kill at that moment falls between
 * publishing and the entry in the catalog.
 */
describe.each([
  { title: 'SQLite', use: useSqlite },
  { title: 'PostgreSQL', use: () => usePostgresSource().source },
])('kill -9 after publishing, before the catalog knows, $title', ({ use }) => {
  const source = use()
  const sandbox = useSandbox()

  beforeAll(async () => {
    mkdirSync(sandbox().path('second'), { mode: 0o700 })
    await sandbox().data(['destination', 'add', '--name', 'second', '--type', 'local', '--path', 'second'])
    await source().prepare(sandbox())
    await sandbox().data(['backup', 'main'])
  })

  const rounds = Array.from({ length: scaled({ usually: 1, long: 5 }) }, (_, round) => round)
  it.each(rounds)('the next start adopts it as complete (round %i)', async () => {
    const before = await completeBackups(sandbox())
    const running = sandbox().start(withProgress(['backup', 'main']))
    expect(await killAtFirstManifest(running), running.stderr()).toBe(true)
    const jobId = jobIdOf(running)

    const next = await sandbox().run(['backups', 'list', '--json'])
    expect(next.stderr).toContain(jobId)
    expect(next.stderr).toContain('did not finish')
    expect((await jobOf(sandbox(), jobId)).status).toMatchObject({ state: 'failed', error: { code: 'INTERRUPTED' } })
    const between = await completeBackups(sandbox())
    const doctor = await sandbox().run(['doctor', '--json'])
    expect(doctor.stdout).toContain('nothing of an interrupted job is left')

    const after = await completeBackups(sandbox())
    const added = after.filter(({ id }) => !before.some((known) => known.id === id))
    expect(added).toHaveLength(1)
    if (between.length === before.length) expect(doctor.stderr).toContain('was added to the catalog')
    const [adopted] = added
    expect(adopted?.copies).toContainEqual(expect.objectContaining({ destination: 'disk', state: 'stored' }))
    expect(await validate(sandbox(), adopted?.id ?? '', 'decode')).toBe('passed')
    expect(await leftoversOf(sandbox(), source(), [jobId])).toEqual([])
    for (const folder of ['disk', 'second']) expect(await unpairedIn(sandbox().path(folder))).toEqual([])
    expect(await sandbox().data(['audit', 'verify'])).toMatchObject({ valid: true })
    await sandbox().data(['destination', 'rescan', 'disk'])
    expect(await completeBackups(sandbox())).toHaveLength(after.length)
  })

  /** Kills command and job as soon as a new manifest appears at the first destination. Answers whether it did. */
  async function killAtFirstManifest(running: Running): Promise<boolean> {
    const known = new Set((await readdir(sandbox().path('disk'), { recursive: true })).map(String))
    await running.said('"state":"running"')
    const jobId = jobIdOf(running)
    const job = await until(async () => {
      const found = await sandbox().jobProcesses()
      return found.find((each) => each.job === jobId && isJobProcess(each.command))?.pid ?? null
    }, 10_000)
    if (job === null) return false
    const isNew = (name: string | null) =>
      name !== null && name.endsWith('.manifest.json') && !name.split('/').at(-1)?.startsWith('.') && !known.has(name)
    const watcher = watch(sandbox().path('disk'), { recursive: true })
    const hit = new Promise<boolean>((resolve) => {
      watcher.on('change', (_, name) => {
        if (!isNew(String(name))) return
        send(job, 'SIGKILL')
        send(running.pid, 'SIGKILL')
        resolve(true)
      })
      void running.ended.then(() => resolve(false))
    })
    const isHit = await hit
    watcher.close()
    await running.ended
    return isHit
  }
})

describe('a destination that the machine lost while the catalog did not know yet', () => {
  const source = useSqlite()
  const sandbox = useSandbox()

  it('stays noted until it is back, and does not keep a job from running', async () => {
    await source().prepare(sandbox())
    const running = sandbox().start(withProgress(['backup', 'main']))
    expect(await running.stage('dump')).toBe(true)
    for (const { pid } of await sandbox().jobProcesses()) send(pid, 'SIGKILL')
    send(running.pid, 'SIGKILL')
    await running.ended
    mkdirSync(sandbox().path('third'), { mode: 0o700 })
    await sandbox().data(['destination', 'add', '--name', 'third', '--type', 'local', '--path', 'third'])
    renameSync(sandbox().path('disk'), sandbox().path('away'))

    const doctor = await sandbox().run(['doctor', '--json'])
    expect(doctor.exitCode).toBe(1)
    expect(doctor.stdout).toContain('could not be removed yet')
    await sandbox().data(['backup', 'main', '--to', 'third'])

    renameSync(sandbox().path('away'), sandbox().path('disk'))
    const again = await sandbox().run(['doctor', '--json'])
    expect(again.stdout).toContain('nothing of an interrupted job is left')
    expect(await leftoversOf(sandbox(), source(), [jobIdOf(running)])).toEqual([])
    await rm(sandbox().path('third'), { recursive: true })
  })
})
