import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it, onTestFinished, vi } from 'vitest'
import { launch } from './testing/desktop.ts'
import { FakeElectron } from './testing/fake-electron.ts'
import { forkUtilityJob } from './utility-job.ts'

function fork() {
  const electron = new FakeElectron()
  const job = forkUtilityJob({ electron: electron.api, entry: '/app/main/job.js', env: { HOLDFAST_JOB: 'x' } })
  const [child] = electron.forks
  if (child === undefined) throw new Error('Nothing was forked.')
  return { job, child }
}

it('is a utility process with an environment of its own, which says nothing aloud', () => {
  const { child } = fork()
  expect(child).toMatchObject({ entry: '/app/main/job.js', args: [] })
  expect(child.options).toMatchObject({ env: { HOLDFAST_JOB: 'x' }, execArgv: [], stdio: 'ignore' })
})

it('gets the environment of a job from the host: no secrets, no options for Node.js', async () => {
  const env = { PATH: '/bin', PGPASSWORD: 'geheim', NODE_OPTIONS: '--require x', XDG_CURRENT_DESKTOP: 'KDE' }
  const { host, electron, ready } = launch({ env })
  await ready()
  host().forkJob('job', '/home')
  expect(electron.forks[0]?.options.env).toEqual({
    PATH: '/bin',
    XDG_CURRENT_DESKTOP: 'KDE',
    HOLDFAST_JOB: 'job',
    HOLDFAST_HOME: '/home',
  })
})

it('keeps what is said before somebody listens', () => {
  const { job, child } = fork()
  child.emit('message', { type: 'progress' })
  child.emit('exit', 3)
  const [heard, ended] = [vi.fn<(message: unknown) => void>(), vi.fn<(code: number | null) => void>()]
  job.onMessage(heard)
  job.onExit(ended)
  expect(heard.mock.calls).toEqual([[{ type: 'progress' }]])
  expect(ended.mock.calls).toEqual([[3, null]])
})

it('has its pid as soon as it started', () => {
  const { job, child } = fork()
  expect(job.pid).toBe(0)
  child.pid = 4711
  expect(job.pid).toBe(4711)
})

it('is sent messages, none after its end', () => {
  const { job, child } = fork()
  job.send({ type: 'start' })
  child.emit('exit', 0)
  job.send({ type: 'abort' })
  job.kill('SIGTERM')
  job.kill('SIGKILL')
  expect(child.posted).toEqual([{ type: 'start' }])
  expect(child.killed).toBe(0)
})

it('is killed for good with SIGKILL, which the process can not ignore', async () => {
  const { job, child } = fork()
  const victim = spawn(process.execPath, ['-e', "process.on('SIGTERM',()=>{});setInterval(()=>{},1000)"])
  onTestFinished(() => void victim.kill('SIGKILL'))
  await once(victim, 'spawn')
  child.pid = victim.pid
  const exit = once(victim, 'exit')
  job.kill('SIGKILL')
  expect(await exit).toEqual([null, 'SIGKILL'])
  // Gone already: nothing to kill any more.
  expect(() => job.kill('SIGKILL')).not.toThrow()
})

it('is asked to end by Electron before it has a pid', () => {
  const { job, child } = fork()
  job.kill('SIGKILL')
  expect(child.killed).toBe(1)
})
