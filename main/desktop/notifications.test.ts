import { describe, expect, it } from 'vitest'
import type { JobState } from '../../preload/contract/index.ts'
import { AppError } from '../../preload/contract/index.ts'
import { jobOf } from '../cli/testing/fake-application.ts'
import { jobId } from '../cli/testing/samples.ts'
import { channels } from '../../preload/contract/channels.ts'
import { noticeOf } from './notifications.ts'
import { launch } from './testing/desktop.ts'

const times = { startedAt: '2026-01-01T10:00:00.000Z', finishedAt: '2026-01-01T10:00:05.000Z' }
const succeeded: JobState = { ...times, state: 'succeeded', result: {} }
const failed: JobState = { ...times, state: 'failed', error: new AppError('NO_SPACE', 'The disk is full.').toData() }
const route = `/activity/${jobId}`

async function open(canNotify = true) {
  const started = launch()
  started.electron.canNotify = canNotify
  await started.ready()
  started.electron.window.hide()
  return started
}

describe('what is told', () => {
  it('is a failure, with its reason', () => {
    expect(noticeOf(jobOf(failed))).toEqual({ title: 'Failed: shop', text: 'The disk is full.', route })
  })

  it('is a good end of work, not of what a page waits for', () => {
    expect(noticeOf(jobOf(succeeded))?.title).toBe('Done: shop')
    expect(noticeOf({ ...jobOf(succeeded), kind: 'restore-plan' })).toBeNull()
    expect(noticeOf({ ...jobOf(failed), kind: 'restore-plan' })?.title).toBe('Failed: shop')
  })

  it('is nothing that the person did', () => {
    expect(noticeOf(jobOf({ ...times, state: 'cancelled' }))).toBeNull()
  })
})

it('is shown once for each job', async () => {
  const { electron, application } = await open()
  await application.emit('job.updated', jobOf(failed, 3))
  await application.emit('job.updated', jobOf(failed, 3))
  await application.emit('job.updated', jobOf(failed, 4))
  expect(electron.notifications.map(({ options, isShown }) => [options.body, isShown])).toEqual([
    ['The disk is full.', true],
  ])
})

it('opens the run when clicked', async () => {
  const { electron, application } = await open()
  await application.emit('job.updated', jobOf(failed))
  electron.notifications[0]?.emit('click')
  expect(electron.window.loaded.at(-1)).toBe(`app://bundle${route}`)
  expect(electron.window.isShown).toBe(true)
})

it('is not shown to somebody who looks at the window', async () => {
  const { electron, application } = await open()
  electron.app.emit('activate')
  await application.emit('job.updated', jobOf(failed))
  expect(electron.notifications).toEqual([])
})

describe('is shown in the window instead', () => {
  const notice = { title: 'Failed: shop', text: 'The disk is full.', route }

  it.each([
    ['where the system has no notifications', false],
    ['where the system fails to show it', true],
  ])('%s, and waits until somebody listens', async (_, canNotify) => {
    const { electron, application } = await open(canNotify)
    await application.emit('job.updated', jobOf(failed))
    expect(electron.notifications).toHaveLength(canNotify ? 1 : 0)
    electron.notifications[0]?.emit('failed', {}, 'not signed')
    const { webContents } = electron.window
    const notices = () => webContents.sent.filter(([, event]) => event === 'window.notice')
    expect(notices()).toEqual([])
    electron.ipcMain.say(webContents.mainFrame, channels.listening, 'window.notice')
    expect(notices()).toEqual([[channels.event, 'window.notice', notice]])
  })
})

it("tells the application's own notices", async () => {
  const { electron, host } = await open()
  host().notice('A backup was interrupted.')
  expect(electron.notifications[0]?.options).toEqual({ title: 'Holdfast', body: 'A backup was interrupted.' })
})
