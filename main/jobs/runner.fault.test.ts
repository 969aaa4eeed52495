import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { Job } from '../../preload/contract/index.ts'
import { readJobLog } from './log.ts'
import { testProbe } from './testing/test-probe.ts'
import { startTestRunner, testRequest, type TestRunner } from './testing/test-runner.ts'
import type { JobRunnerOptions } from './runner.ts'

const open: TestRunner[] = []

async function start(options: Partial<JobRunnerOptions> & { readonly home?: string } = {}): Promise<TestRunner> {
  const started = await startTestRunner(options)
  open.push(started)
  return started
}

afterEach(async () => {
  for (const each of open.splice(0)) await each.dispose()
})

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error('it did not come to be so within a minute')
    await sleep(10)
  }
}

function stateOf({ status }: Job): string {
  return status.state === 'failed' ? `failed: ${status.error.code}` : status.state
}

async function running(runner: TestRunner['runner'], jobId: string): Promise<void> {
  await until(() => {
    const { status } = runner.get(jobId)
    return status.state === 'running' && status.progress !== null
  })
}

describe('a job in a process of its own', () => {
  it('succeeds with the work’s result, and leaves nothing', async () => {
    const { runner, home, catalog } = await start()
    const job = await runner.start(
      testRequest({ do: 'succeed' }, { locks: ['source:a/b'], secrets: () => Promise.resolve({ password: 'x' }) }),
    )
    const ended = await runner.wait(job.id)
    expect(ended.status).toMatchObject({ state: 'succeeded', result: { jobId: job.id, secrets: 16 } })
    expect(catalog.jobs.get(job.id).job).toEqual(ended)
    expect(catalog.locks.holders()).toEqual([])
    expect(readdirSync(join(home, 'run'))).toEqual([])
    expect(await testProbe.findByJob(job.id)).toEqual([])
  })

  it.each([
    ['fail', 'failed: TOOL_FAILED'],
    ['throw-bug', 'failed: INTERNAL'],
    ['throw-later', 'failed: INTERNAL'],
    ['exit', 'failed: INTERNAL'],
  ] as const)('%s ends as %s, with its lock given back', async (what, expected) => {
    const { runner, home, catalog } = await start()
    const job = await runner.start(testRequest({ do: what }, { locks: ['source:a/b'] }))
    expect(stateOf(await runner.wait(job.id))).toBe(expected)
    expect(catalog.locks.holders()).toEqual([])
    expect(readdirSync(join(home, 'run'))).toEqual([])
  })

  it('writes the stack of a bug into the log', async () => {
    const { runner, home } = await start()
    const job = await runner.start(testRequest({ do: 'throw-bug' }))
    await runner.wait(job.id)
    expect(
      readJobLog(home, job.id)
        .map(({ message }) => message)
        .join('\n'),
    ).toMatch(/TypeError: a bug of the work\n\s+at /)
  })

  it('fails when its secrets can not be had, without a process', async () => {
    const { runner } = await start()
    const job = await runner.start(
      testRequest({ do: 'succeed' }, { secrets: () => Promise.reject(new Error('no keychain')) }),
    )
    expect(stateOf(await runner.wait(job.id))).toBe('failed: INTERNAL')
  })

  it('tells at most one snapshot per 100 ms, and the last one always', async () => {
    const { runner } = await start()
    const seen: { readonly atMs: number; readonly job: Job }[] = []
    runner.on('updated', (job) => void seen.push({ atMs: performance.now(), job }))
    const job = await runner.start(testRequest({ do: 'report' }))
    const ended = await runner.wait(job.id)
    const gaps = seen.slice(1).map(({ atMs }, index) => atMs - (seen[index]?.atMs ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThan(95)
    expect(seen.length).toBeGreaterThan(4)
    expect(seen.at(-1)?.job).toEqual(ended)
    expect(seen.map((each) => each.job.revision)).toEqual(
      seen.map((each) => each.job.revision).toSorted((a, b) => a - b),
    )
    const fractions = seen.flatMap((each) =>
      each.job.status.state === 'running' ? [each.job.status.progress?.fraction] : [],
    )
    expect(fractions.some((fraction) => typeof fraction === 'number' && fraction > 0 && fraction < 1)).toBe(true)
  })

  it('hands out events one after the other, no faster than they are taken', async () => {
    const { runner } = await start()
    const taken: unknown[] = []
    let atOnce = 0
    let mostAtOnce = 0
    runner.on('event', async ({ payload }) => {
      mostAtOnce = Math.max(mostAtOnce, ++atOnce)
      await sleep(5)
      taken.push(payload)
      atOnce--
    })
    const job = await runner.start(testRequest({ do: 'emit' }))
    expect(stateOf(await runner.wait(job.id))).toBe('succeeded')
    expect(taken).toEqual(Array.from({ length: 20 }, (_, number) => ({ number })))
    expect(mostAtOnce).toBe(1)
  })

  it('fails when nobody can take its events', async () => {
    const { runner } = await start()
    runner.on('event', () => Promise.reject(new Error('the pipe is closed')))
    const job = await runner.start(testRequest({ do: 'emit' }))
    expect(stateOf(await runner.wait(job.id))).toBe('failed: FAILED')
  })

  it('keeps a result out of the catalog when asked to', async () => {
    const { runner, catalog } = await start()
    const job = await runner.start(testRequest({ do: 'succeed' }, { isResultStored: false }))
    expect((await runner.wait(job.id)).status).toMatchObject({ state: 'succeeded', result: { jobId: job.id } })
    expect(catalog.jobs.get(job.id).job.status).toMatchObject({ state: 'succeeded', result: null })
  })
})

describe('cancel', () => {
  it('ends the work within 2 s, as cancelled', async () => {
    const { runner } = await start()
    const job = await runner.start(testRequest({ do: 'hang' }))
    await running(runner, job.id)
    const beganMs = performance.now()
    await runner.cancel(job.id)
    expect(runner.get(job.id).status).toMatchObject({ state: 'running', isCancelling: true })
    expect(stateOf(await runner.wait(job.id))).toBe('cancelled')
    expect(performance.now() - beganMs).toBeLessThan(500)
  })

  it('ends a tool and its helper that ignore SIGTERM within 2 s', async () => {
    const { runner, home } = await start()
    const job = await runner.start(testRequest({ do: 'hang-with-tool' }))
    await until(async () => (await testProbe.findByJob(job.id)).length >= 3)
    const beganMs = performance.now()
    await runner.cancel(job.id)
    expect(stateOf(await runner.wait(job.id))).toBe('cancelled')
    expect(performance.now() - beganMs).toBeLessThan(2_000)
    expect(await testProbe.findByJob(job.id)).toEqual([])
    expect(readdirSync(join(home, 'run'))).toEqual([])
  })

  it.each(['busy', 'stopped'])(
    'ends a job process that does not answer (%s) within 2 s, and cleans up for it',
    async (how) => {
      const cleaned: string[] = []
      const { runner, home, catalog } = await start({ cleanUp: async (jobId) => void cleaned.push(jobId) })
      const job = await runner.start(testRequest({ do: how === 'busy' ? 'deaf' : 'hang' }))
      await until(() => catalog.jobs.get(job.id).process !== null)
      await until(() => readdirSync(home).includes('run') && readdirSync(join(home, 'run')).length === 1)
      await sleep(100)
      if (how === 'stopped') process.kill(catalog.jobs.get(job.id).process?.pid ?? 0, 'SIGSTOP')
      const beganMs = performance.now()
      await runner.cancel(job.id)
      expect(stateOf(await runner.wait(job.id))).toBe('cancelled')
      expect(performance.now() - beganMs).toBeLessThan(2_000)
      expect(readdirSync(join(home, 'run'))).toEqual([])
      expect(cleaned).toEqual([job.id])
    },
  )

  it('leaves work that succeeded meanwhile succeeded', async () => {
    const { runner } = await start()
    const job = await runner.start(testRequest({ do: 'succeed-when-aborted' }))
    await running(runner, job.id)
    await runner.cancel(job.id)
    expect((await runner.wait(job.id)).status).toMatchObject({ state: 'succeeded', result: 'finished all the same' })
  })

  it('ends a job whose secrets are still being asked for', async () => {
    const { runner } = await start()
    const job = await runner.start(testRequest({ do: 'succeed' }, { secrets: () => new Promise(() => undefined) }))
    await runner.cancel(job.id)
    expect(stateOf(await runner.wait(job.id))).toBe('cancelled')
  })

  it('does nothing to a job that has ended', async () => {
    const { runner } = await start()
    const job = await runner.start(testRequest({ do: 'succeed' }))
    const ended = await runner.wait(job.id)
    await runner.cancel(job.id)
    expect(await runner.wait(job.id)).toEqual(ended)
    await expect(runner.cancel('01ARZ3NDEKTSV4RRFFQ69G5FAV')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('stalls and sudden ends', () => {
  it('fails what does not move as STALLED, and not what moves', async () => {
    const { runner } = await start()
    const still = await runner.start(testRequest({ do: 'hang' }, { stallAfterMs: 3_000 }))
    const moving = await runner.start(testRequest({ do: 'report', milliseconds: 15 }, { stallAfterMs: 3_000 }))
    expect(stateOf(await runner.wait(still.id))).toBe('failed: STALLED')
    expect(stateOf(await runner.wait(moving.id))).toBe('succeeded')
  })

  it('does not take a slow listener for a stall', async () => {
    const { runner } = await start()
    let events = 0
    runner.on('event', async () => {
      if (++events === 1) await sleep(4_500)
    })
    const job = await runner.start(testRequest({ do: 'emit' }, { stallAfterMs: 3_000 }))
    expect(stateOf(await runner.wait(job.id))).toBe('succeeded')
  })

  it('fails a job whose process is killed, and ends its tools', async () => {
    const { runner, home, catalog } = await start()
    const job = await runner.start(testRequest({ do: 'hang-with-tool' }, { locks: ['source:a/b'] }))
    await until(async () => (await testProbe.findByJob(job.id)).length >= 3)
    process.kill(catalog.jobs.get(job.id).process?.pid ?? 0, 'SIGKILL')
    const ended = await runner.wait(job.id)
    expect(stateOf(ended)).toBe('failed: INTERRUPTED')
    expect(ended.status).toMatchObject({ error: { detail: 'signal SIGKILL' } })
    expect(await testProbe.findByJob(job.id)).toEqual([])
    expect(readdirSync(join(home, 'run'))).toEqual([])
    expect(catalog.locks.holders()).toEqual([])
  })

  it('stops, and writes nothing more, once another process took the job over', async () => {
    const { runner, catalog } = await start()
    const job = await runner.start(testRequest({ do: 'hang' }))
    await running(runner, job.id)
    const record = catalog.jobs.get(job.id)
    const epoch = catalog.jobs.takeOver(job.id, record.epoch, { ...record.owner, pid: 1 }, Date.now())
    expect(epoch).toBe(2)
    expect(stateOf(await runner.wait(job.id))).toBe('failed: OWNERSHIP_LOST')
    expect(await testProbe.findByJob(job.id)).toEqual([])
    expect(catalog.jobs.get(job.id)).toMatchObject({
      epoch: 2,
      owner: { pid: 1 },
      job: { status: { state: 'running' } },
    })
  })
})
