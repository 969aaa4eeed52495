import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AuditEntry, BackupDetail, Connection, LogLine } from '../../preload/contract/index.ts'
import { filesBelow } from '../exchange/commands.ts'
import { envelopeOf, useSandbox, type Running } from '../system/harness.ts'
import { jobIdOf, jobOf, withProgress } from '../system/kill-rounds.ts'
import { killAll, processesOfJobs } from '../system/processes.ts'
import { useSqlite } from '../system/sources.ts'

const canary = 'canary-77aa01'

describe('hooks of backups', () => {
  const source = useSqlite()
  const sandbox = useSandbox()
  const marks = () => sandbox().path('marks')
  const seen = () => (existsSync(marks()) ? readFileSync(marks(), 'utf8').trim().split('\n') : [])

  beforeAll(async () => {
    await source().prepare(sandbox())
  })
  beforeEach(() => rmSync(marks(), { force: true }))

  function script(name: string, ...lines: readonly string[]): string {
    writeFileSync(sandbox().path(name), ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 })
    return sandbox().path(name)
  }

  const marking = (name: string, ...lines: readonly string[]) =>
    script(name, `echo "${name} $HOLDFAST_EVENT $HOLDFAST_PHASE" >>${marks()}`, ...lines)

  const hook = (phase: string, path: string, more: object = {}) => ({
    name: path.split('/').at(-1),
    on: 'backup',
    phase,
    action: { kind: 'command', argv: [path] },
    ...more,
  })

  async function set(...hooks: readonly unknown[]): Promise<void> {
    writeFileSync(sandbox().path('hooks.json'), JSON.stringify(hooks))
    await sandbox().data<Connection>(['connection', 'edit', 'main', '--hooks', 'hooks.json'])
  }

  async function hookAudit(since: number): Promise<readonly (readonly string[])[]> {
    const entries = await sandbox().data<readonly AuditEntry[]>(['audit', 'list', '--limit', '500'])
    return entries
      .filter(({ action, number }) => action === 'hook.ran' && number > since)
      .toSorted((a, b) => a.number - b.number)
      .map(({ subject, outcome }) => [subject, outcome])
  }

  async function lastAudit(): Promise<number> {
    const entries = await sandbox().data<readonly AuditEntry[]>(['audit', 'list', '--limit', '1'])
    return entries[0]?.number ?? 0
  }

  it('a before that fails: no artifact, nothing dumped, exit 1, and after-always ran', async () => {
    const since = await lastAudit()
    await set(
      hook('before', marking('stop', 'echo the workers do not stop >&2; exit 3')),
      hook('before', marking('second')),
      hook('after-success', marking('success')),
      hook('after-always', marking('start')),
    )
    const before = filesBelow(sandbox().path('disk'))
    const ended = await sandbox().run(withProgress(['backup', 'main']))
    expect(ended.exitCode, ended.stderr).toBe(1)
    expect(envelopeOf(ended)).toMatchObject({
      ok: false,
      error: { code: 'HOOK_FAILED', detail: 'It ended with 3.\nthe workers do not stop' },
    })
    expect(ended.stderr).not.toContain('"stage":"dump"')
    expect(filesBelow(sandbox().path('disk'))).toEqual(before)
    expect(seen()).toEqual(['stop backup before', 'start backup after-always'])
    expect(await hookAudit(since)).toEqual([
      ['stop', 'failed'],
      ['start', 'done'],
    ])
    const [failed] = await sandbox().data<readonly BackupDetail[]>(['backups', 'list', '--limit', '1'])
    expect(failed?.state).toBe('failed')
  })

  it('an after-success that fails: the backup is complete, with a warning', async () => {
    await set(
      hook('before', marking('one')),
      hook('after-success', marking('two', 'exit 9')),
      hook('after-success', marking('three', 'test -n "$HOLDFAST_BACKUP"')),
      hook('after-always', marking('four')),
    )
    const backup = await sandbox().data<BackupDetail>(['backup', 'main'], [3])
    expect(backup.state).toBe('complete')
    expect(backup.warnings).toEqual([
      { code: 'HOOK_FAILED', message: 'The hook "two" (after-success) failed: It ended with 9.' },
    ])
    expect(seen()).toEqual([
      'one backup before',
      'two backup after-success',
      'three backup after-success',
      'four backup after-always',
    ])
  })

  it('what a hook prints stands in the log of the job, without secrets', async () => {
    await set(hook('before', script('env', 'env', 'echo "password=hunter2 postgres://u:hunter2@h/"')))
    const running = sandbox().start(withProgress(['backup', 'main']), { HOLDFAST_PASSWORD: canary, PGPASSWORD: canary })
    const ended = await running.ended
    expect(ended.exitCode, ended.stderr).toBe(0)
    const log = await sandbox().data<readonly LogLine[]>(['jobs', 'log', jobIdOf(running)])
    const text = log.map(({ message }) => message).join('\n')
    expect(text).toContain('env: HOLDFAST_DATABASE=')
    expect(text).not.toContain(canary)
    expect(text).not.toContain('hunter2')
    expect(text).not.toContain('VAULT_PASSPHRASE')
    expect(ended.stdout + ended.stderr).not.toContain(canary)
  })

  it('after-always runs once, whole, after a cancel: also where it takes longer than a job has', async () => {
    await set(
      hook('before', script('wait', 'sleep 30')),
      hook('after-always', marking('slow', 'sleep 3', `echo slow ended >>${marks()}`)),
    )
    const since = await lastAudit()
    const running = sandbox().start(withProgress(['backup', 'main']))
    expect(await running.stage('hooks'), running.stderr()).toBe(true)
    await sleep(300)
    running.signal('SIGINT')
    const ended = await running.ended
    expect(ended.exitCode, ended.stderr).toBe(130)
    expect(seen()).toEqual(['slow backup after-always', 'slow ended'])
    expect((await jobOf(sandbox(), jobIdOf(running))).status.state).toBe('cancelled')
    await sandbox().data(['doctor'], [0, 1])
    expect(seen()).toHaveLength(2)
    expect(await hookAudit(since)).toEqual([
      ['wait', 'failed'],
      ['slow', 'done'],
    ])
  })

  it.each(['command', 'command and job'])(
    'after-always runs at the next start after kill -9 of the %s',
    async (victim) => {
      await set(hook('before', script('wait', 'sleep 30')), hook('after-always', marking('open the shop')))
      const running: Running = sandbox().start(withProgress(['backup', 'main']))
      expect(await running.stage('hooks'), running.stderr()).toBe(true)
      const jobId = jobIdOf(running)
      const ofJob = await sandbox().jobProcesses()
      running.signal('SIGKILL')
      if (victim === 'command and job') killAll(ofJob)
      await running.ended
      // What the job process may still have to do without its parent.
      await sleep(1_500)
      expect(seen()).toEqual([])
      const next = await sandbox().run(['connection', 'list', '--json'])
      expect(next.exitCode).toBe(0)
      expect(next.stderr).toContain(`Hooks that job ${jobId} had still to run: "open the shop" ran.`)
      expect(seen()).toEqual(['open the shop backup after-always'])
      expect((await sandbox().run(['connection', 'list', '--json'])).stderr).not.toContain('had still to run')
      expect(seen()).toHaveLength(1)
      expect((await processesOfJobs([jobId])).map(({ command }) => command)).toEqual([])
    },
  )

  it('two starts at once run them once', async () => {
    await set(hook('before', script('wait', 'sleep 30')), hook('after-always', marking('once', 'sleep 1')))
    const running = sandbox().start(withProgress(['backup', 'main']))
    expect(await running.stage('hooks'), running.stderr()).toBe(true)
    running.signal('SIGKILL')
    await running.ended
    await sleep(1_500)
    const starts = await Promise.all([1, 2, 3].map(() => sandbox().run(['connection', 'list', '--json'])))
    expect(starts.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0])
    expect(seen()).toEqual(['once backup after-always'])
  })

  it('are shown, and removed by the word none', async () => {
    await set(hook('before', marking('one')))
    const shown = await sandbox().run(['connection', 'show', 'main'])
    expect(shown.stdout).toContain(`before backup: one (runs ${sandbox().path('one')}; at most 60 s)`)
    await sandbox().data(['connection', 'edit', 'main', '--hooks', 'none'])
    expect((await sandbox().data<Connection>(['connection', 'show', 'main'])).hooks).toEqual([])
  })
})
