import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { channels } from '../../preload/contract/channels.ts'
import { jobOf } from '../cli/testing/fake-application.ts'
import { launch } from './testing/desktop.ts'

async function open() {
  const started = launch({ answers: { 'jobs.list': () => [] } })
  await started.ready()
  const { ipcMain, window } = started.electron
  const { mainFrame } = window.webContents
  return { ...started, ipcMain, mainFrame, window }
}

describe('a call of the window', () => {
  it('reaches the application', async () => {
    const { ipcMain, mainFrame, application } = await open()
    const answer = await ipcMain.call(mainFrame, channels.invoke, 'jobs.list', { limit: 3 })
    expect(answer).toEqual({ ok: true, data: [] })
    expect(application.calls.at(-1)).toEqual({ method: 'jobs.list', input: { limit: 3 } })
  })

  it.each([
    ['a frame inside it', (main: object) => ({ ...main })],
    ['nobody', () => null],
  ])('is refused from %s', async (_, frame) => {
    const { ipcMain, mainFrame, application } = await open()
    const before = application.calls.length
    const sender = frame(mainFrame) as { origin: string } | null
    expect(await ipcMain.call(sender, channels.invoke, 'jobs.list', {})).toMatchObject({
      ok: false,
      error: { code: 'PERMISSION_DENIED' },
    })
    expect(await ipcMain.call(sender, channels.dropped, '/tmp/x.dump')).toMatchObject({ ok: false })
    expect(application.calls).toHaveLength(before)
  })

  it('is refused while the main frame shows another origin', async () => {
    const { ipcMain, mainFrame, application } = await open()
    const before = application.calls.length
    mainFrame.origin = 'https://example.com'
    const answer = await ipcMain.call(mainFrame, channels.invoke, 'jobs.list', {})
    expect(answer).toMatchObject({ ok: false, error: { code: 'PERMISSION_DENIED' } })
    expect(application.calls).toHaveLength(before)
  })
})

describe('a dropped file', () => {
  it('is answered with the id under which the window may name it', async () => {
    const { ipcMain, mainFrame, home } = await open()
    const path = join(home, 'shop.dump')
    writeFileSync(path, 'PGDMP')
    const answer = await ipcMain.call(mainFrame, channels.dropped, path)
    expect(answer).toEqual({ ok: true, data: { picked: `id of ${path}`, path } })
  })

  it.each(['', 'relative.dump', '/nowhere/x.dump', '/dev/zero', 42, null])('is refused: %s', async (path) => {
    const { ipcMain, mainFrame } = await open()
    const answer = await ipcMain.call(mainFrame, channels.dropped, path)
    expect(answer).toMatchObject({ ok: false, error: { code: 'NOT_A_REGULAR_FILE' } })
  })

  it('is refused when it is a folder', async () => {
    const { ipcMain, mainFrame, home } = await open()
    mkdirSync(join(home, 'folder.dump'))
    const answer = await ipcMain.call(mainFrame, channels.dropped, join(home, 'folder.dump'))
    expect(answer).toMatchObject({ ok: false })
  })

  it('can not be asked for by the title of a dialog', async () => {
    const { electron, ipcMain, mainFrame } = await open()
    const answer = await ipcMain.call(mainFrame, channels.invoke, 'paths.pick', { purpose: 'open', title: 'x.dump' })
    expect(answer).toEqual({ ok: true, data: null })
    expect(electron.openDialogs).toHaveLength(1)
  })
})

describe('events', () => {
  it('reach the window', async () => {
    const { application, window } = await open()
    const job = jobOf({ state: 'queued' })
    await application.emit('job.updated', job)
    expect(window.webContents.sent).toContainEqual([channels.event, 'job.updated', job])
  })

  it('are listened to by the own page only, and only those that there are', async () => {
    const { electron, ipcMain, mainFrame, window } = await open()
    const link = () => electron.app.emit('second-instance', {}, ['x', 'holdfast://run/01JGH5QZ8M3X7V2K9P4R6T0WYB'], '/')
    ipcMain.say({ origin: 'app://bundle' }, channels.listening, 'window.navigate')
    ipcMain.say(mainFrame, channels.listening, 'toString')
    link()
    expect(window.webContents.sent).toEqual([])
    ipcMain.say(mainFrame, channels.listening, 'window.navigate')
    link()
    expect(window.webContents.sent).toHaveLength(1)
  })
})
