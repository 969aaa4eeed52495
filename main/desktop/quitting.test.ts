import { describe, expect, it } from 'vitest'
import { jobOf } from '../cli/testing/fake-application.ts'
import { launch, settled } from './testing/desktop.ts'
import { FakeEvent } from './testing/fake-parts.ts'

const at = '2026-01-01T10:00:00.000Z'
const running = jobOf({ state: 'running', startedAt: at, progress: null, isCancelling: false })
const ended = jobOf({ state: 'cancelled', startedAt: at, finishedAt: at }, 2)

async function open(platform: NodeJS.Platform = 'linux', desktop = 'KDE') {
  const started = launch({ platform, env: { XDG_CURRENT_DESKTOP: desktop } })
  await started.ready()
  const { electron, application } = started
  return {
    ...started,
    quit: async () => {
      electron.app.quit()
      await settled()
    },
    close: async () => {
      const isClosed = electron.window.close()
      await settled()
      return isClosed
    },
    startJob: () => application.emit('job.updated', running),
  }
}

describe('quitting', () => {
  it('is at once where nothing runs, after the application is closed', async () => {
    const { electron, application, quit } = await open()
    await quit()
    expect(electron.questions).toEqual([])
    expect(application.closedWith).toEqual([false])
    expect(electron.app.hasQuit).toBe(true)
    expect(electron.window.close()).toBe(true)
  })

  it("is not kept up by a page's unsaved form", async () => {
    const { electron, quit } = await open()
    const isOverruled = () => {
      const event = new FakeEvent()
      electron.window.webContents.emit('will-prevent-unload', event)
      return event.isPrevented
    }
    expect(isOverruled()).toBe(false)
    await quit()
    expect(isOverruled()).toBe(true)
  })

  it('asks while a job runs, and stays when told so or when the question is closed', async () => {
    const { electron, application, quit, startJob } = await open()
    await startJob()
    electron.answer = (question) => question.cancelId ?? -1
    await quit()
    expect(electron.questions[0]).toMatchObject({
      message: 'A job is running.',
      buttons: ['Finish, then quit', 'Cancel the job and quit', 'Stay'],
      cancelId: 2,
    })
    expect(electron.questions[0]?.detail).toContain('shop')
    expect(application.closedWith).toEqual([])
    expect(electron.app.hasQuit).toBe(false)
    // The next attempt asks again.
    await quit()
    expect(electron.questions).toHaveLength(2)
  })

  it('cancels the jobs when told so', async () => {
    const { electron, application, quit, startJob } = await open()
    await startJob()
    electron.answer = () => 1
    await quit()
    expect(application.closedWith).toEqual([true])
    expect(electron.app.hasQuit).toBe(true)
  })

  it('waits for the end of the jobs when told so', async () => {
    const { electron, application, quit, startJob } = await open()
    await startJob()
    await quit()
    expect(electron.app.hasQuit).toBe(false)
    await application.emit('job.updated', ended)
    await settled()
    expect(application.closedWith).toEqual([false])
    expect(electron.app.hasQuit).toBe(true)
  })

  it('leaves when the job ended while the question stood there', async () => {
    const { electron, application, quit, startJob } = await open()
    await startJob()
    electron.answer = async () => {
      await application.emit('job.updated', ended)
      return 0
    }
    await quit()
    expect(electron.app.hasQuit).toBe(true)
  })

  it('can be thought better of while it waits', async () => {
    const { electron, application, quit, startJob } = await open()
    await startJob()
    await quit()
    electron.answer = () => 2
    await quit()
    await application.emit('job.updated', ended)
    await settled()
    expect(electron.app.hasQuit).toBe(false)
  })

  it('asks one question at a time', async () => {
    const { electron, quit, startJob } = await open()
    await startJob()
    electron.answer = () => new Promise(() => undefined)
    await quit()
    await quit()
    expect(electron.questions).toHaveLength(1)
  })
})

describe('closing the window', () => {
  it('hides it in the tray, and explains that once', async () => {
    const { electron, home, close } = await open()
    expect(await close()).toBe(false)
    expect(electron.window.isShown).toBe(false)
    expect(electron.questions.map(({ message }) => message)).toEqual(['Holdfast stays in the tray.'])
    electron.app.emit('activate')
    await close()
    expect(electron.questions).toHaveLength(1)
    // Nor does the next start.
    const again = launch({ home })
    await again.ready()
    again.electron.window.close()
    await settled()
    expect(again.electron.questions).toEqual([])
    expect(again.electron.window.isShown).toBe(false)
  })

  it('asks whether to quit where there is no tray', async () => {
    const { electron, close } = await open('linux', 'GNOME')
    electron.answer = (question) => question.cancelId ?? -1
    expect(await close()).toBe(false)
    expect(electron.questions.map(({ message }) => message)).toEqual(['Quit Holdfast?'])
    expect(electron).toMatchObject({ app: { hasQuit: false }, window: { isShown: true } })
    electron.answer = () => 0
    await close()
    expect(electron.app.hasQuit).toBe(true)
  })

  it('asks about the jobs where there is no tray', async () => {
    const { electron, close, startJob } = await open('linux', 'GNOME')
    await startJob()
    await close()
    expect(electron.questions[0]?.message).toBe('A job is running.')
  })
})
