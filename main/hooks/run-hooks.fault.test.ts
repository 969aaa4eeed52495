import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { finishHooks, noteAfterAlways } from './after-always.ts'
import { runHooks } from './run-hooks.ts'
import { useScene, type Scene } from './testing/scene.ts'
import type { OpenConnection } from '../workbench/workbench.ts'

const canary = 'canary-3f9c1d'
const scene = useScene([canary])

const command = (phase: string, name: string, ...argv: readonly string[]) => ({
  name,
  on: 'backup',
  phase,
  action: { kind: 'command', argv },
})

function scopeOf(on: OpenConnection, { job, database }: Scene) {
  return { on, event: 'backup' as const, database, jobId: job.context.jobId, backupId: 'B1' }
}

function run(on: OpenConnection, phase: 'before' | 'after-success' | 'after-always') {
  return runHooks(scene().bench, { ...scopeOf(on, scene()), phase }, scene().job.context)
}

const audited = () =>
  scene()
    .bench.audit.list()
    .map(({ action, subject, outcome }) => [action, subject, outcome])
    .toReversed()

const isAlive = (pid: number) => {
  try {
    return !readFileSync(`/proc/${String(pid)}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}

describe('hooks', () => {
  it('a before that fails stops those after it, and says what it printed', async () => {
    const mark = scene().path('second')
    const failing = scene().script('first', 'echo one', 'echo two >&2', 'exit 7')
    const on = scene().withHooks(command('before', 'first', failing), command('before', 'second', '/bin/touch', mark))
    await expect(run(on, 'before')).rejects.toMatchObject({
      code: 'HOOK_FAILED',
      message: 'The hook "first" before the backup failed, so nothing was touched.',
      detail: expect.stringMatching(/^It ended with 7\.\n(one\ntwo|two\none)$/) as unknown,
    })
    expect(existsSync(mark)).toBe(false)
    expect(audited()).toEqual([['hook.ran', 'first', 'failed']])
  })

  it('an after-success that fails is a result, and the others still run', async () => {
    const mark = scene().path('second')
    const on = scene().withHooks(
      command('after-success', 'first', '/bin/false'),
      command('after-success', 'second', '/bin/touch', mark),
      command('before', 'another phase', '/bin/touch', scene().path('never')),
    )
    const results = await run(on, 'after-success')
    expect(results.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['first', 'failed'],
      ['second', 'passed'],
    ])
    expect([existsSync(mark), existsSync(scene().path('never'))]).toEqual([true, false])
    expect(audited()).toEqual([
      ['hook.ran', 'first', 'failed'],
      ['hook.ran', 'second', 'done'],
    ])
  })

  it('a time-out ends the whole process group', async () => {
    const pids = scene().path('pids')
    const script = scene().script(
      'slow',
      "trap '' TERM",
      `(trap '' TERM; sleep 60) & echo $! >${pids}`,
      `echo $$ >>${pids}`,
      'wait',
      'sleep 60',
    )
    const on = scene().withHooks({ ...command('before', 'slow', script), timeoutSeconds: 0.5 })
    const startedAt = performance.now()
    await expect(run(on, 'before')).rejects.toMatchObject({ detail: 'It did not end within 0.5 s and was stopped.' })
    expect(performance.now() - startedAt).toBeLessThan(4_000)
    const found = readFileSync(pids, 'utf8').trim().split('\n').map(Number)
    expect(found).toHaveLength(2)
    await sleep(100)
    expect(found.filter(isAlive)).toEqual([])
  })

  it('a cancelled job ends a before at once with the reason of the job', async () => {
    const on = scene().withHooks(command('before', 'slow', '/bin/sleep', '60'))
    const running = run(on, 'before')
    await sleep(200)
    const reason = scene().job.cancel()
    await expect(running).rejects.toBe(reason)
    expect(audited()).toEqual([['hook.ran', 'slow', 'failed']])
  })

  it('takes the exit codes that are allowed, and only those', async () => {
    const script = scene().script('three', 'exit 3')
    const allowed = { kind: 'command', argv: [script], allowedExitCodes: [0, 3] }
    const onlyOne = { kind: 'command', argv: ['/bin/true'], allowedExitCodes: [1] }
    const on = scene().withHooks(
      { ...command('after-success', 'allowed', script), action: allowed },
      { ...command('after-success', 'not zero', script), action: onlyOne },
    )
    expect((await run(on, 'after-success')).map(({ outcome }) => outcome)).toEqual(['passed', 'failed'])
  })

  it('knows no shell: arguments arrive as they are', async () => {
    const out = scene().path('out')
    const script = scene().script('print', `printf '%s|' "$@" >${out}`)
    const on = scene().withHooks(command('before', 'print', script, '$(touch x); a b', '*', ''))
    await run(on, 'before')
    expect(readFileSync(out, 'utf8')).toBe('$(touch x); a b|*||')
  })

  it('finds a program in PATH without running it first, and says where there is none', async () => {
    const before = process.env['PATH']
    const mark = scene().path('runs')
    scene().script('restart-shop', `echo "$@" >>${mark}`)
    process.env['PATH'] = `${scene().folder}:${before ?? ''}`
    try {
      await run(scene().withHooks(command('before', 'one', 'restart-shop', 'now')), 'before')
      expect(readFileSync(mark, 'utf8')).toBe('now\n')
      const on = scene().withHooks(command('before', 'two', 'no-such-program-here'))
      await expect(run(on, 'before')).rejects.toMatchObject({
        code: 'HOOK_FAILED',
        detail: 'There is no program "no-such-program-here" in PATH; give its absolute path.',
      })
    } finally {
      process.env['PATH'] = before
    }
  })

  it('is told what it is about, and nothing of the environment of Holdfast', async () => {
    const out = scene().path('env')
    process.env['HOLDFAST_PASSWORD'] = canary
    process.env['AWS_SECRET_ACCESS_KEY'] = canary
    try {
      await run(scene().withHooks(command('before', 'env', scene().script('env', `env >${out}`))), 'before')
    } finally {
      delete process.env['HOLDFAST_PASSWORD']
      delete process.env['AWS_SECRET_ACCESS_KEY']
    }
    const lines = readFileSync(out, 'utf8').split('\n')
    expect(lines.join('\n')).not.toContain(canary)
    expect(lines.filter((line) => line.startsWith('HOLDFAST_')).toSorted()).toEqual([
      'HOLDFAST_BACKUP=B1',
      'HOLDFAST_CONNECTION=shop',
      `HOLDFAST_DATABASE=${scene().database}`,
      'HOLDFAST_EVENT=backup',
      `HOLDFAST_JOB=${scene().job.context.jobId}`,
      'HOLDFAST_PHASE=before',
    ])
  })

  it('logs what it prints: redacted, without control characters, and not without end', async () => {
    const script = scene().script(
      'chatty',
      `printf 'password is ${canary}\\033[31m red\\a\\n'`,
      'i=0; while [ $i -lt 3000 ]; do echo "line $i"; i=$((i+1)); done',
      'head -c 3000000 /dev/zero | tr "\\0" x',
      `echo ${canary} >&2`,
      'exit 1',
    )
    const results = await run(scene().withHooks(command('after-success', 'chatty', script)), 'after-success')
    const { lines } = scene().job
    const printed = lines.filter((line) => line.startsWith('info: chatty: '))
    expect(printed).toContain('info: chatty: password is *** red')
    expect(printed.length).toBeLessThanOrEqual(1_002)
    expect(printed.at(-1)).toMatch(/^info: chatty: 2\d\d\d more lines are left out here\.$/)
    expect(lines.join('\n')).not.toContain(canary)
    expect(results[0]?.detail?.length).toBeLessThanOrEqual(2_000)
    expect(JSON.stringify([results, scene().bench.audit.list()])).not.toContain(canary)
  })

  it('runs statements in the database of the connection', async () => {
    const sql = { kind: 'sql', sql: "UPDATE orders SET note = 'closed'; DELETE FROM orders WHERE id = 2" }
    await run(scene().withHooks({ ...command('before', 'sql', '-'), action: sql }), 'before')
    const file = new Database(scene().database)
    expect(file.prepare('SELECT id, note FROM orders').all()).toEqual([{ id: 1, note: 'closed' }])
    file.close()
    const wrong = { kind: 'sql', sql: 'SELECT id FROM nowhere' }
    const on = scene().withHooks({ ...command('before', 'sql', '-'), action: wrong })
    await expect(run(on, 'before')).rejects.toMatchObject({
      code: 'HOOK_FAILED',
      detail: expect.stringContaining('nowhere') as unknown,
    })
  })
})

describe('hooks that always run', () => {
  it('are noted before anything starts, run after a failure, and are crossed out', async () => {
    const mark = scene().path('ran')
    const on = scene().withHooks(
      command('after-always', 'fails', '/bin/false'),
      command('after-always', 'runs', '/bin/touch', mark),
    )
    const finish = noteAfterAlways(scene().bench, scopeOf(on, scene()))
    const noted = () => scene().catalog.leftovers.ofJob(scene().job.context.jobId)
    expect(noted()).toMatchObject([{ kind: 'hooks', data: { event: 'backup', backupId: 'B1' } }])
    expect((await finish(scene().job.context)).map(({ outcome }) => outcome)).toEqual(['failed', 'passed'])
    expect(existsSync(mark)).toBe(true)
    expect(noted()).toEqual([])
  })

  it('run to their end although the job was cancelled', async () => {
    const mark = scene().path('ran')
    const on = scene().withHooks(command('after-always', 'runs', '/bin/touch', mark))
    scene().job.cancel()
    expect(await run(on, 'after-always')).toMatchObject([{ outcome: 'passed' }])
    expect(existsSync(mark)).toBe(true)
  })

  it('are left to whoever stopped the job, who runs them once', async () => {
    const { bench, job, catalog } = scene()
    const mark = scene().path('ran')
    const script = scene().script('ran.sh', `echo "$HOLDFAST_PHASE $HOLDFAST_JOB" >>${mark}`)
    const on = scene().withHooks(
      command('after-always', 'runs', script),
      command('after-always', 'fails', '/bin/false'),
    )
    const finish = noteAfterAlways(bench, scopeOf(on, scene()))
    job.cancel()
    expect((await finish(job.context)).map(({ outcome }) => outcome)).toEqual(['could-not-run', 'could-not-run'])
    expect(existsSync(mark)).toBe(false)
    const [leftover] = catalog.leftovers.ofJob(job.context.jobId)
    if (leftover === undefined) throw new Error('nothing is noted')
    const { signal } = new AbortController()
    const lines = await Promise.all([finishHooks(bench, leftover, signal), finishHooks(bench, leftover, signal)])
    const ran = `Hooks that job ${job.context.jobId} had still to run: "runs" ran; "fails" failed (It ended with 1.): do by hand what it does.`
    expect(lines.toSorted()).toEqual([ran, null])
    expect(readFileSync(mark, 'utf8')).toBe(`after-always ${job.context.jobId}\n`)
    expect(catalog.leftovers.ofJob(job.context.jobId)).toEqual([])
    expect(audited()).toEqual([
      ['hook.ran', 'runs', 'done'],
      ['hook.ran', 'fails', 'failed'],
    ])
  })

  it('stay noted where another process runs the job now', async () => {
    const mark = scene().path('ran')
    const on = scene().withHooks(command('after-always', 'runs', '/bin/touch', mark))
    const finish = noteAfterAlways(scene().bench, scopeOf(on, scene()))
    scene().job.loseOwnership()
    expect(await finish(scene().job.context)).toMatchObject([{ outcome: 'could-not-run' }])
    expect(existsSync(mark)).toBe(false)
    expect(scene().catalog.leftovers.ofJob(scene().job.context.jobId)).toHaveLength(1)
  })

  it('are not run by a Holdfast that one of them called', async () => {
    const { bench, job, catalog } = scene()
    const on = scene().withHooks(command('after-always', 'runs', '/bin/touch', scene().path('ran')))
    noteAfterAlways(bench, scopeOf(on, scene()))
    const [leftover] = catalog.leftovers.ofJob(job.context.jobId)
    if (leftover === undefined) throw new Error('nothing is noted')
    process.env['HOLDFAST_JOB'] = job.context.jobId
    try {
      expect(await finishHooks(bench, leftover, new AbortController().signal)).toBeNull()
    } finally {
      delete process.env['HOLDFAST_JOB']
    }
    expect(existsSync(scene().path('ran'))).toBe(false)
  })

  it('leave no secret of the job in the log of a dead job', async () => {
    const { job, catalog } = scene()
    const bench = { ...scene().bench, secrets: { ...scene().bench.secrets, connections: { c: canary } } }
    const on = scene().withHooks(command('after-always', 'tells', scene().script('tell', `echo the ${canary}`)))
    noteAfterAlways(bench, scopeOf(on, scene()))
    const [leftover] = catalog.leftovers.ofJob(job.context.jobId)
    if (leftover === undefined) throw new Error('nothing is noted')
    await finishHooks(bench, leftover, new AbortController().signal)
    const log = readFileSync(scene().path(`logs/${job.context.jobId}.jsonl`), 'utf8')
    expect(log).toContain('tells: the [redacted]')
    expect(log).not.toContain(canary)
  })

  it('cost nothing where there are none', async () => {
    writeFileSync(scene().path('nothing'), '')
    const on = scene().withHooks()
    expect(await noteAfterAlways(scene().bench, scopeOf(on, scene()))(scene().job.context)).toEqual([])
    expect(scene().catalog.leftovers.ofJob(scene().job.context.jobId)).toEqual([])
  })
})
