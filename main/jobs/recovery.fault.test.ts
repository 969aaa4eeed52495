import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { JobId, toAppError } from '../../preload/contract/index.ts'
import { Catalog, type JobRecord } from '../catalog/catalog.ts'
import { isProvablyDead, ownIdentity } from './liveness.ts'
import { recoverLocal } from './recovery.ts'
import { runDirectoryOf } from './run-directory.ts'
import { testProbe } from './testing/test-probe.ts'
import { startTestProgram, type TestProgram } from './testing/test-program.ts'
import { makeTestHome, startTestRunner, testRequest } from './testing/test-runner.ts'

let home: string
let catalog: Catalog
const programs: TestProgram[] = []

beforeEach(async () => {
  home = await makeTestHome()
  catalog = Catalog.open({ home, appVersion: '0.0.0' })
})

afterEach(async () => {
  for (const program of programs.splice(0)) {
    program.kill('SIGKILL')
    await program.exited
    await until(async () => (await testProbe.findByJob(program.jobId)).length === 0)
  }
  catalog.close()
  await rm(home, { recursive: true, force: true })
})

async function program(
  ...args: Parameters<typeof startTestProgram> extends [string, ...infer R] ? R : never
): Promise<TestProgram> {
  const started = await startTestProgram(home, ...args)
  programs.push(started)
  return started
}

async function until(isSo: () => boolean | Promise<boolean>, patienceMs = 60_000): Promise<number> {
  const beganMs = performance.now()
  while (!(await isSo())) {
    if (performance.now() - beganMs > patienceMs) throw new Error(`it did not come to be so within ${patienceMs} ms`)
    await sleep(10)
  }
  return performance.now() - beganMs
}

function addJob(change: Partial<JobRecord>): JobId {
  const id = JobId.parse('01ARZ3NDEKTSV4RRFFQ69G5FAV')
  const owner = ownIdentity(testProbe)
  const job = {
    id,
    kind: 'backup',
    title: 'of the test',
    subject: null,
    createdAt: new Date().toISOString(),
    revision: 0,
    status: { state: 'queued' },
  } as const
  catalog.jobs.add({
    job,
    input: null,
    owner,
    process: null,
    heartbeatAtMs: Date.now(),
    epoch: 1,
    lockKeys: [],
    isCancelRequested: false,
    ...change,
  })
  return id
}

describe('kill -9 of the program', () => {
  it('takes job process, tool and its helper with it within a second, and the run folder', async () => {
    const { jobId, kill } = await program({ do: 'hang-with-tool' })
    await until(async () => (await testProbe.findByJob(jobId)).length >= 3)
    await until(() => existsSync(join(runDirectoryOf(home, jobId), 'helper-pid')))
    kill('SIGKILL')
    const tookMs = await until(async () => (await testProbe.findByJob(jobId)).length === 0)
    expect(tookMs).toBeLessThan(1_000)
    expect(existsSync(runDirectoryOf(home, jobId))).toBe(false)
  })

  it('leaves a job that the next start marks INTERRUPTED, once, and whose locks are free again', async () => {
    const killed = await program({ do: 'hang' }, ['source:a/b'])
    await until(() => catalog.jobs.get(killed.jobId).job.status.state === 'running')
    const leftover = catalog.leftovers.add({
      jobId: killed.jobId,
      kind: 'partial',
      connectionId: null,
      destinationId: 'D',
      data: { name: 'x' },
    })
    expect(catalog.leftovers.ofEndedJobs()).toEqual([])
    killed.kill('SIGKILL')
    await killed.exited
    const recovered = await recoverLocal({ catalog, probe: testProbe, home })
    expect(recovered).toHaveLength(1)
    expect(recovered[0]).toMatchObject({
      job: { id: killed.jobId, status: { state: 'failed', error: { code: 'INTERRUPTED' } } },
      leftovers: [{ id: leftover }],
    })
    expect(catalog.jobs.get(killed.jobId).job).toEqual(recovered[0]?.job)
    expect(catalog.locks.holders()).toEqual([])
    expect(catalog.leftovers.ofEndedJobs()).toMatchObject([{ id: leftover, data: { name: 'x' } }])
    expect(await recoverLocal({ catalog, probe: testProbe, home })).toEqual([])
  })

  it('is seen by who only looks at the job from another process', async () => {
    const killed = await program({ do: 'hang' })
    await until(() => catalog.jobs.get(killed.jobId).job.status.state === 'running')
    const looker = await startTestRunner({ home })
    try {
      expect((await looker.runner.look(killed.jobId)).status.state).toBe('running')
      killed.kill('SIGKILL')
      await killed.exited
      expect(await looker.runner.look(killed.jobId)).toMatchObject({ status: { state: 'failed' } })
    } finally {
      await looker.dispose()
    }
  })

  it('also ends a job process that hears nothing, and sweeps its temporary files', async () => {
    const killed = await program({ do: 'deaf' })
    await until(() => existsSync(join(runDirectoryOf(home, killed.jobId), 'pgpass')))
    killed.kill('SIGKILL')
    await killed.exited
    await sleep(700)
    expect(await testProbe.findByJob(killed.jobId)).toHaveLength(1)
    const [recovered] = await recoverLocal({ catalog, probe: testProbe, home })
    expect(recovered).toMatchObject({ job: { id: killed.jobId }, hadRunDirectory: true })
    expect(recovered?.killedPids).toHaveLength(1)
    expect(await testProbe.findByJob(killed.jobId)).toEqual([])
    expect(readdirSync(join(home, 'run'))).toEqual([])
  })

  it('is recovered by one of several that try at once', async () => {
    const killed = await program({ do: 'hang' })
    await until(() => catalog.jobs.get(killed.jobId).job.status.state === 'running')
    killed.kill('SIGKILL')
    await killed.exited
    const second = Catalog.open({ home, appVersion: '0.0.0' })
    const both = await Promise.all([
      recoverLocal({ catalog, probe: testProbe, home }),
      recoverLocal({ catalog: second, probe: testProbe, home }),
    ])
    second.close()
    expect(both.flat()).toHaveLength(1)
  })
})

describe('two programs on one home', () => {
  it('does not disturb a job of a living program', async () => {
    const living = await program({ do: 'hang' }, ['source:a/b'])
    await until(() => catalog.jobs.get(living.jobId).job.status.state === 'running')
    await until(() => existsSync(runDirectoryOf(home, living.jobId)))
    const before = catalog.jobs.get(living.jobId)
    expect(await recoverLocal({ catalog, probe: testProbe, home })).toEqual([])
    expect(existsSync(runDirectoryOf(home, living.jobId))).toBe(true)
    expect(catalog.jobs.get(living.jobId)).toMatchObject({ epoch: before.epoch, owner: before.owner })
  })

  it('tells who holds a lock, or waits for it and then runs', async () => {
    const living = await program({ do: 'succeed', milliseconds: 1_000 }, ['source:a/b'])
    const { runner, dispose } = await startTestRunner({ home })
    const request = testRequest({ do: 'succeed' }, { locks: ['source:x/y', 'source:a/b'] })
    const refusal = await runner.start(request).then(() => null, toAppError)
    expect(refusal?.code).toBe('LOCKED')
    expect(refusal?.detail).toContain(`process ${living.pid} on`)
    const job = await runner.start({ ...request, onLock: 'wait' })
    expect(runner.get(job.id).status).toMatchObject({ state: 'waiting', reason: 'lock-held' })
    const ended = await runner.wait(job.id)
    const other = catalog.jobs.get(living.jobId).job.status
    expect(ended.status).toMatchObject({ state: 'succeeded' })
    // Queued, not interleaved.
    if (ended.status.state !== 'succeeded' || other.state !== 'succeeded') throw new Error('both should have succeeded')
    expect(Date.parse(ended.status.startedAt)).toBeGreaterThanOrEqual(Date.parse(other.finishedAt))
    await dispose()
  })

  it('takes the lock of a dead program without anybody’s help', async () => {
    const killed = await program({ do: 'hang' }, ['source:a/b'])
    killed.kill('SIGKILL')
    await killed.exited
    const { runner, dispose } = await startTestRunner({ home })
    const job = await runner.start(testRequest({ do: 'succeed' }, { locks: ['source:a/b'] }))
    expect((await runner.wait(job.id)).status.state).toBe('succeeded')
    expect(catalog.jobs.get(killed.jobId).job.status).toMatchObject({ state: 'failed', error: { code: 'INTERRUPTED' } })
    await dispose()
  })

  it('cancels and awaits a job of another living program within 2 s', async () => {
    const living = await program({ do: 'hang' })
    await until(() => catalog.jobs.get(living.jobId).job.status.state === 'running')
    await sleep(300)
    const { runner, dispose } = await startTestRunner({ home })
    const beganMs = performance.now()
    await runner.cancel(living.jobId)
    expect((await runner.wait(living.jobId)).status.state).toBe('cancelled')
    expect(performance.now() - beganMs).toBeLessThan(2_000)
    await living.exited
    expect(living.lines).toContain('ended cancelled')
    await dispose()
  })

  it('awaits a job whose program dies meanwhile', async () => {
    const killed = await program({ do: 'hang' })
    const { runner, dispose } = await startTestRunner({ home })
    const ended = runner.wait(killed.jobId)
    await sleep(200)
    killed.kill('SIGKILL')
    expect((await ended).status).toMatchObject({ state: 'failed', error: { code: 'INTERRUPTED' } })
    await dispose()
  })

  it('stops work at its next assertOwner once its job was taken over', async () => {
    const { runner, dispose } = await startTestRunner({ home })
    const job = await runner.start(testRequest({ do: 'own', milliseconds: 600 }))
    await until(() => runner.get(job.id).status.state === 'running')
    const { epoch, owner } = catalog.jobs.get(job.id)
    expect(catalog.jobs.takeOver(job.id, epoch, owner, Date.now())).toBe(epoch + 1)
    expect(catalog.jobs.takeOver(job.id, epoch, owner, Date.now())).toBeNull()
    expect((await runner.wait(job.id)).status).toMatchObject({ state: 'failed', error: { code: 'OWNERSHIP_LOST' } })
    expect(catalog.jobs.get(job.id).job.status.state).toBe('running')
    await dispose()
  })
})

describe('who is dead', () => {
  const heartbeatAtMs = 1_000_000

  it('on this machine: another boot, no such process, a later process with the pid', () => {
    const owner = ownIdentity(testProbe)
    const isDead = (change: Partial<typeof owner>) =>
      isProvablyDead({ owner: { ...owner, ...change }, heartbeatAtMs }, testProbe)
    expect(isDead({})).toBe(false)
    expect(isDead({ bootId: 'an earlier one' })).toBe(true)
    expect(isDead({ pid: 4_194_303 })).toBe(true)
    expect(isDead({ startedAt: '1' })).toBe(true)
  })

  it('elsewhere: only half an hour of silence tells, whatever pids and boots say', () => {
    const owner = { ...ownIdentity(testProbe), host: 'another-machine', pid: 4_194_303 }
    expect(isProvablyDead({ owner, heartbeatAtMs }, testProbe, heartbeatAtMs + 29 * 60_000)).toBe(false)
    expect(
      isProvablyDead({ owner: { ...owner, bootId: 'another' }, heartbeatAtMs }, testProbe, heartbeatAtMs + 29 * 60_000),
    ).toBe(false)
    expect(isProvablyDead({ owner, heartbeatAtMs }, testProbe, heartbeatAtMs + 31 * 60_000)).toBe(true)
  })

  it('does not kill by a pid that means a process of another machine', async () => {
    const here = ownIdentity(testProbe)
    const id = addJob({
      owner: { ...here, host: 'another-machine' },
      process: { pid: process.pid, startedAt: here.startedAt },
      heartbeatAtMs,
    })
    const [recovered] = await recoverLocal({ catalog, probe: testProbe, home })
    expect(recovered).toMatchObject({ job: { id }, killedPids: [] })
  })

  it('sweeps run folders of jobs that ended or that nobody knows', async () => {
    for (const name of ['01ARZ3NDEKTSV4RRFFQ69G5FAW', '01ARZ3NDEKTSV4RRFFQ69G5FAV']) {
      mkdirSync(runDirectoryOf(home, name), { recursive: true })
      writeFileSync(join(runDirectoryOf(home, name), 'pgpass'), 'secret')
    }
    addJob({})
    await recoverLocal({ catalog, probe: testProbe, home })
    expect(readdirSync(join(home, 'run'))).toEqual(['01ARZ3NDEKTSV4RRFFQ69G5FAV'])
  })
})
