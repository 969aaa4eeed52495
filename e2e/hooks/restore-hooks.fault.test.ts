import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RestorePlan, RestoreResult } from '../../preload/contract/index.ts'
import { addSqlite } from '../exchange/commands.ts'
import { envelopeOf, useSandbox } from '../system/harness.ts'
import { jobIdOf, withProgress } from '../system/kill-rounds.ts'

describe('hooks of restores over a database', () => {
  const sandbox = useSandbox()
  const marks = () => sandbox().path('marks')
  const seen = () => (existsSync(marks()) ? readFileSync(marks(), 'utf8').trim().split('\n') : [])
  const target = () => sandbox().path('shop.sqlite')

  function query<T>(sql: string): T {
    const file = new Database(target())
    try {
      return file.prepare(sql).pluck().get() as T
    } finally {
      file.close()
    }
  }

  function script(name: string, ...lines: readonly string[]): string {
    const text = ['#!/bin/sh', `echo "$HOLDFAST_PHASE $HOLDFAST_DATABASE" >>${marks()}`, ...lines, '']
    writeFileSync(sandbox().path(name), text.join('\n'), { mode: 0o755 })
    return sandbox().path(name)
  }

  const hook = (phase: string, path: string) => ({
    name: path.split('/').at(-1),
    on: 'restore',
    phase,
    action: { kind: 'command', argv: [path] },
  })

  async function set(hooks: readonly unknown[], checks: readonly unknown[] = []): Promise<void> {
    writeFileSync(sandbox().path('hooks.json'), JSON.stringify(hooks))
    writeFileSync(sandbox().path('checks.json'), JSON.stringify(checks))
    const files = ['--hooks', 'hooks.json', '--checks', 'checks.json']
    await sandbox().data(['connection', 'edit', 'shop', ...files])
  }

  async function planned(): Promise<readonly string[]> {
    const flags = [
      '--connection',
      'shop',
      '--mode',
      'in-place',
      '--no-safety-backup',
      '--reason',
      'a test',
      '-o',
      'plan.json',
    ]
    const plan = await sandbox().data<RestorePlan>(['restore', 'plan', 'latest', ...flags])
    return ['restore', 'apply', 'plan.json', `--confirm=${plan.confirm}`]
  }

  beforeAll(async () => {
    const file = new Database(target())
    file.exec("CREATE TABLE mark (word TEXT); INSERT INTO mark VALUES ('backed up')")
    file.close()
    await addSqlite(sandbox(), 'shop', target())
    await sandbox().data(['backup', 'shop'])
  })
  beforeEach(() => {
    rmSync(marks(), { force: true })
    query("UPDATE mark SET word = 'live' RETURNING 1")
  })

  it('a before that fails leaves the target as it is', async () => {
    await set([
      hook('before', script('stop', 'exit 1')),
      hook('after-success', script('success')),
      hook('after-always', script('start')),
    ])
    const ended = await sandbox().run([...(await planned()), '--json'])
    expect(ended.exitCode, ended.stderr).toBe(1)
    expect(envelopeOf(ended)).toMatchObject({ error: { code: 'HOOK_FAILED' } })
    expect(query('SELECT word FROM mark')).toBe('live')
    expect(seen()).toEqual([`before ${target()}`, `after-always ${target()}`])
  })

  it('run in their order around the restore, and stand in its result', async () => {
    await set([
      hook('before', script('stop')),
      hook('after-success', script('fails', 'exit 2')),
      hook('after-success', script('migrate')),
      hook('after-always', script('start')),
    ])
    const result = await sandbox().data<RestoreResult>(await planned(), [0, 3])
    expect(result.outcome).toBe('passed')
    expect(result.hooks.map(({ name, phase, outcome }) => [name, phase, outcome])).toEqual([
      ['stop', 'before', 'passed'],
      ['fails', 'after-success', 'failed'],
      ['migrate', 'after-success', 'passed'],
      ['start', 'after-always', 'passed'],
    ])
    expect(query('SELECT word FROM mark')).toBe('backed up')
  })

  it('after-success does not run where a check fails', async () => {
    const wrong = { kind: 'query', sql: 'SELECT word FROM mark', expected: { kind: 'value', value: 'something else' } }
    await set(
      [hook('after-success', script('migrate')), hook('after-always', script('start'))],
      [{ name: 'word', test: wrong }],
    )
    const result = await sandbox().data<RestoreResult>(await planned(), [1, 5])
    expect(result.checks.filter(({ name }) => name === 'word')).toMatchObject([{ outcome: 'failed' }])
    expect(seen()).toEqual([`after-always ${target()}`])
  })

  it('after-always runs at the next start after kill -9', async () => {
    await set([hook('before', script('wait', 'sleep 30')), hook('after-always', script('start'))])
    const running = sandbox().start(withProgress(await planned()))
    while (running.isRunning() && seen().length === 0) await sleep(20)
    running.signal('SIGKILL')
    await running.ended
    await sleep(1_500)
    expect(seen()).toEqual([`before ${target()}`])
    const next = await sandbox().run(['connection', 'list', '--json'])
    expect(next.stderr).toContain(`Hooks that job ${jobIdOf(running)} had still to run: "start" ran.`)
    expect(seen()).toEqual([`before ${target()}`, `after-always ${target()}`])
    expect(query('SELECT word FROM mark')).toBe('live')
  })
})
