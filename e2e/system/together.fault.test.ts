import { existsSync, mkdirSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { envelopeOf, useSandbox, type Sandbox } from './harness.ts'
import { completeBackups, failureOf, jobIdOf, validate, withProgress } from './kill-rounds.ts'
import { leftoversOf, unpairedIn, type BackupSeen } from './leftovers.ts'
import { usePostgresSource, useSqlite } from './sources.ts'

describe.each([
  { title: 'SQLite', use: useSqlite },
  { title: 'PostgreSQL', use: () => usePostgresSource().source },
])('two programs on one home, $title', ({ use }) => {
  const source = use()
  const sandbox = useSandbox()
  beforeAll(() => source().prepare(sandbox()))

  it('a second backup of the same database is told who is at work', async () => {
    const release = await holdBackups(sandbox(), 'main')
    const first = sandbox().start(withProgress(['backup', 'main']))
    expect(await first.stage('hooks')).toBe(true)
    const second = await failureOf(sandbox().start(['backup', 'main', '--json']))
    expect(first.isRunning(), 'the first one had ended before').toBe(true)
    expect(second).toMatchObject({ exitCode: 11, code: 'LOCKED' })
    expect(second.message).toContain('backup of main')
    expect(second.detail).toContain(jobIdOf(first))
    expect(second.detail).toContain(String(first.pid))
    expect(second.remedy).toContain('jobs cancel')
    await release()
    expect((await first.ended).exitCode).toBe(0)
  })

  it('is seen while it is at work: what the other tests look for is what a job has', async () => {
    const running = sandbox().start(withProgress(['backup', 'main']))
    expect(await running.stage('dump')).toBe(true)
    const seen = (await leftoversOf(sandbox(), source(), [jobIdOf(running)])).join('\n')
    expect(seen).toMatch(/^file home\/run\//m)
    expect(seen).toMatch(/^file disk\/.*\.partial$/m)
    expect(seen).toMatch(/^process \d+ .*(job-main|main\/job\.js)/m)
    if (source().engine === 'postgresql') expect(seen).toMatch(/^session \d+ holdfast\//m)
    expect((await running.ended).exitCode).toBe(0)
    expect(await leftoversOf(sandbox(), source(), [jobIdOf(running)])).toEqual([])
  })

  it('backups of different databases do not disturb each other', async () => {
    const both = ['main', 'beside'].map((name) => sandbox().start(withProgress(['backup', name])))
    for (const { ended } of both) {
      const { exitCode, stdout } = await ended
      expect(exitCode, stdout).toBe(0)
    }
    for (const { id } of (await completeBackups(sandbox())).slice(0, 2)) {
      expect(await validate(sandbox(), id, 'decode')).toBe('passed')
    }
    expect(await leftoversOf(sandbox(), source(), both.map(jobIdOf))).toEqual([])
  })
})

describe('two destinations, one of them broken', () => {
  const source = useSqlite()
  const sandbox = useSandbox()

  beforeAll(async () => {
    await source().prepare(sandbox())
    mkdirSync(sandbox().path('usb'), { mode: 0o700 })
    await sandbox().data(['destination', 'add', '--name', 'usb', '--type', 'local', '--path', 'usb'])
  })

  const expectOneOfTwo = async (args: readonly string[], hook: () => Promise<void>) => {
    const running = sandbox().start(withProgress(args))
    expect(await running.stage('dump')).toBe(true)
    await hook()
    const ended = await running.ended
    expect(ended.exitCode, ended.stdout + ended.stderr).toBe(3)
    const made = envelopeOf(ended).data as BackupSeen
    expect(made.state).toBe('complete')
    expect(new Map(made.copies.map(({ destination, state }) => [destination, state]))).toEqual(
      new Map([
        ['disk', 'stored'],
        ['usb', 'failed'],
      ]),
    )
    expect(await validate(sandbox(), made.id, 'decode')).toBe('passed')
    const shown = await sandbox().run(['backups', 'list', '--limit', '1'])
    expect(shown.stdout).toMatch(/ 1\/2 /)
    expect(await unpairedIn(sandbox().path('disk'))).toEqual([])
    expect(await leftoversOf(sandbox(), source(), [jobIdOf(running)])).toEqual([])
  }

  it('removed before the backup', async () => {
    await rm(sandbox().path('usb'), { recursive: true })
    await expectOneOfTwo(['backup', 'main'], () => Promise.resolve())
    expect(existsSync(sandbox().path('usb')), 'a lost drive must not become a folder').toBe(false)
  })

  it('where a folder cannot be made', async () => {
    mkdirSync(sandbox().path('usb'), { mode: 0o700 })
    await writeFile(sandbox().path('usb', 'main'), 'a file stands in the way')
    await expectOneOfTwo(['backup', 'main'], () => Promise.resolve())
    await rm(sandbox().path('usb', 'main'))
  })

  it('removed in the middle of the backup', async () => {
    await expectOneOfTwo(['backup', 'main'], () => rm(sandbox().path('usb'), { recursive: true, force: true }))
    expect(existsSync(sandbox().path('usb'))).toBe(false)
  })

  it('both broken: failed, and nothing is listed as complete', async () => {
    const before = await completeBackups(sandbox())
    await rm(sandbox().path('disk'), { recursive: true })
    const failure = await failureOf(sandbox().start(withProgress(['backup', 'main'])))
    expect(failure).toMatchObject({ exitCode: 1, code: 'DESTINATION_UNAVAILABLE' })
    expect(await completeBackups(sandbox())).toEqual(before)
    expect(await sandbox().processes()).toEqual([])
  })
})

/** Has the backups of a connection wait before they begin, until the answer is called. */
async function holdBackups(sandbox: Sandbox, connection: string): Promise<() => Promise<void>> {
  const goOn = sandbox.path('go-on')
  const argv = ['/bin/sh', '-c', `until [ -e '${goOn}' ]; do sleep 0.1; done`]
  const hook = { name: 'wait', on: 'backup', phase: 'before', action: { kind: 'command', argv }, timeoutSeconds: 600 }
  await writeFile(sandbox.path('hooks.json'), JSON.stringify([hook]))
  await sandbox.data(['connection', 'edit', connection, '--hooks', 'hooks.json'])
  return async () => {
    await writeFile(goOn, '')
    await sandbox.data(['connection', 'edit', connection, '--hooks', 'none'])
  }
}
