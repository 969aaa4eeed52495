import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { useSandbox, type Running } from './harness.ts'
import { completeBackups, failureOf, jobIdOf, jobOf, startRestore, withProgress } from './kill-rounds.ts'
import { leftoversOf, unpairedIn, type BackupSeen } from './leftovers.ts'
import { send, until } from './processes.ts'
import { usePostgresSource } from './sources.ts'

describe('tools and servers that go away', () => {
  const { source, server } = usePostgresSource()
  const sandbox = useSandbox()

  beforeAll(async () => {
    await source().prepare(sandbox())
    await sandbox().data(['backup', 'main'])
  })

  /** The pid of the job's tool, once it is at work. */
  async function toolOf(running: Running, tool: string): Promise<number> {
    await running.said('"state":"running"')
    const jobId = jobIdOf(running)
    const pid = await until(async () => {
      const found = await sandbox().jobProcesses()
      return found.find(({ job, command }) => job === jobId && command.includes(`/${tool} `))?.pid ?? null
    }, 60_000)
    if (pid === null) throw new Error(`${tool} was not started.\n${running.stderr()}`)
    return pid
  }

  /** Nothing counts, nothing is left, and the history says what happened. */
  async function assertNothingCame(running: Running, before: readonly BackupSeen[]): Promise<void> {
    const job = await jobOf(sandbox(), jobIdOf(running))
    expect(job.status.state).toBe('failed')
    expect(await until(async () => ((await source().leftovers()).length === 0 ? true : null), 3_000)).toBe(true)
    expect(await leftoversOf(sandbox(), source(), [job.id])).toEqual([])
    expect(await unpairedIn(sandbox().path('disk'))).toEqual([])
    expect(await completeBackups(sandbox())).toEqual(before)
    if (job.kind !== 'backup') return
    const [newest] = await sandbox().data<readonly BackupSeen[]>(['backups', 'list'])
    expect(newest).toMatchObject({ state: 'failed', durationMs: expect.any(Number) })
  }

  it.each(['SIGKILL', 'SIGTERM'] as const)('pg_dump ended by %s: one sentence that says so', async (signal) => {
    const before = await completeBackups(sandbox())
    const running = sandbox().start(withProgress(['backup', 'main']))
    const pid = await toolOf(running, 'pg_dump')
    send(pid, signal)
    const failure = await failureOf(running)
    expect(failure).toMatchObject({ exitCode: 1, code: 'TOOL_KILLED' })
    expect(failure.message).toMatch(/pg_dump/)
    expect(`${failure.message} ${failure.detail ?? ''}`).toMatch(new RegExp(signal))
    await assertNothingCame(running, before)
  })

  it('pg_restore ended by SIGKILL: the target never comes to be', async () => {
    const before = await completeBackups(sandbox())
    const running = await startRestore(sandbox(), source(), 'killed')
    send(await toolOf(running, 'pg_restore'), 'SIGKILL')
    expect(await failureOf(running)).toMatchObject({ exitCode: 1, code: 'TOOL_KILLED' })
    expect(await source().exists(sandbox(), 'killed')).toBe(false)
    await assertNothingCame(running, before)
  })

  it('sessions that the administrator ends', async () => {
    const before = await completeBackups(sandbox())
    const running = sandbox().start(withProgress(['backup', 'main']))
    await toolOf(running, 'pg_dump')
    await server().sql(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holdfast/${jobIdOf(running)}'`,
    )
    expect(await failureOf(running)).toMatchObject({ exitCode: 1, code: 'CONNECTION_LOST' })
    await assertNothingCame(running, before)
  })

  it('a server that hangs: STALLED after the time that is set', async () => {
    const before = await completeBackups(sandbox())
    const running = sandbox().start(withProgress(['backup', 'main']), { HOLDFAST_STALL_SECONDS: '2' })
    await toolOf(running, 'pg_dump')
    const resume = freeze()
    const frozenAt = performance.now()
    let failure
    try {
      failure = await failureOf(running)
    } finally {
      resume()
    }
    expect(failure).toMatchObject({ exitCode: 1, code: 'STALLED' })
    expect(performance.now() - frozenAt).toBeLessThan(8_000)
    await assertNothingCame(running, before)
  })

  it('a server that hangs in a restore: STALLED too', async () => {
    const before = await completeBackups(sandbox())
    // Three times as long for what is no stream.
    const env = { HOLDFAST_STALL_SECONDS: '3' }
    const running = await startRestore(sandbox(), source(), 'stalled', env)
    await toolOf(running, 'pg_restore')
    const resume = freeze()
    let failure
    try {
      failure = await failureOf(running)
    } finally {
      resume()
    }
    expect(failure).toMatchObject({ exitCode: 1, code: 'STALLED' })
    // What could not be dropped while the server hung is dropped by the next start.
    await sandbox().data(['doctor'], [0, 1])
    await assertNothingCame(running, before)
    expect(await source().exists(sandbox(), 'stalled')).toBe(false)
  })

  it('a server that hangs: cancel takes less than two seconds', async () => {
    const before = await completeBackups(sandbox())
    const running = sandbox().start(withProgress(['backup', 'main']))
    await toolOf(running, 'pg_dump')
    const resume = freeze()
    const startedAt = performance.now()
    running.signal('SIGINT')
    const ended = await running.ended
    const tookMs = performance.now() - startedAt
    const job = await jobOf(sandbox(), jobIdOf(running))
    const processes = await sandbox().processes()
    resume()
    expect(ended.exitCode, ended.stdout).toBe(130)
    expect(tookMs).toBeLessThan(2_000)
    expect(job.status.state).toBe('cancelled')
    expect(processes).toEqual([])
    expect(await until(async () => ((await source().leftovers()).length === 0 ? true : null), 3_000)).toBe(true)
    expect(await leftoversOf(sandbox(), source(), [job.id])).toEqual([])
    expect(await completeBackups(sandbox())).toEqual(before)
  })

  it('a server that is stopped in the middle of the dump, as the last thing that it does', async () => {
    const before = await completeBackups(sandbox())
    const running = sandbox().start(withProgress(['backup', 'main']))
    await toolOf(running, 'pg_dump')
    await server().stop()
    const failure = await failureOf(running)
    expect(failure).toMatchObject({ exitCode: 1, code: 'CONNECTION_LOST' })
    expect(failure.remedy).toMatch(/.+/)
    expect(await sandbox().processes()).toEqual([])
    expect(await unpairedIn(sandbox().path('disk'))).toEqual([])
    expect(await completeBackups(sandbox())).toEqual(before)
    const unreachable = await failureOf(sandbox().start(withProgress(['backup', 'main'])))
    expect(unreachable).toMatchObject({ exitCode: 1, code: 'UNREACHABLE' })
  })

  /** Stops all processes of the server without ending them. Answers how to let them go on. */
  function freeze(): () => void {
    const [postmaster = ''] = readFileSync(join(server().dataDir, 'postmaster.pid'), 'utf8').split('\n')
    const children = execFileSync('pgrep', ['-P', postmaster], { encoding: 'utf8' }).trim().split('\n')
    const all = [postmaster, ...children].map(Number)
    for (const pid of all) send(pid, 'SIGSTOP')
    return () => {
      for (const pid of all) send(pid, 'SIGCONT')
    }
  }
})
