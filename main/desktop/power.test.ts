import { expect, it, vi } from 'vitest'
import type { Job, JobState } from '../../preload/contract/index.ts'
import { FakeApplication, jobOf } from '../cli/testing/fake-application.ts'
import { JobWatch } from './job-watch.ts'
import { onResume, stayAwakeDuring, taskbarProgress } from './power.ts'
import { FakeElectron } from './testing/fake-electron.ts'

const at = '2026-01-01T10:00:00.000Z'
const other = jobOf({ state: 'queued' }).id.replace(/.$/, 'C') as Job['id']
const running = (fraction: number | null): JobState => ({
  state: 'running',
  startedAt: at,
  isCancelling: false,
  progress: { stage: 'dump', item: null, bytes: 1, bytesPerSecond: 1, fraction, remainingSeconds: null },
})
const ended: JobState = { state: 'cancelled', startedAt: at, finishedAt: at }

it('keeps the computer awake from the first job to the end of the last', async () => {
  const electron = new FakeElectron()
  const application = new FakeApplication()
  stayAwakeDuring(electron.api, new JobWatch(application))
  await application.emit('job.updated', jobOf(running(null), 1))
  await application.emit('job.updated', { ...jobOf(running(null), 1), id: other })
  expect(electron.blockers.size).toBe(1)
  await application.emit('job.updated', jobOf(ended, 2))
  expect(electron.blockers.size).toBe(1)
  // An older snapshot doesn't bring the job back.
  await application.emit('job.updated', jobOf(running(0.5), 1))
  await application.emit('job.updated', { ...jobOf(ended, 2), id: other })
  expect(electron.blockers.size).toBe(0)
  expect(electron.blockerTypes).toEqual(['prevent-app-suspension'])
  await application.emit('job.updated', jobOf(running(null), 3))
  expect(electron.blockers.size).toBe(1)
})

it('reports each wake', () => {
  const electron = new FakeElectron()
  const resumed = vi.fn<() => void>()
  onResume(electron.api, resumed)
  electron.powerMonitor.emit('resume')
  electron.powerMonitor.emit('resume')
  expect(resumed).toHaveBeenCalledTimes(2)
})

it.each([
  [[], -1],
  [[running(null)], 2],
  [[running(0.25)], 0.25],
  [[running(0.25), running(0.75)], 0.5],
  [[running(0.25), { state: 'queued' } as const], 2],
])('taskbar: %j is %d', (states, expected) => {
  expect(taskbarProgress(states.map((state) => jobOf(state)))).toBe(expected)
})
