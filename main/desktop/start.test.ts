import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { AppError } from '../../preload/contract/index.ts'
import { jobOf } from '../cli/testing/fake-application.ts'
import { jobId } from '../cli/testing/samples.ts'
import { FakeElectron } from './testing/fake-electron.ts'
import { FakeEvent } from './testing/fake-parts.ts'
import { launch, settled } from './testing/desktop.ts'

const running = jobOf({ state: 'running', startedAt: '2026-01-01T10:00:00.000Z', progress: null, isCancelling: false })

describe('before Electron is ready', () => {
  it('the sandbox is on for every page, and the scheme is declared', () => {
    const { electron } = launch()
    expect(electron.app.isSandboxed).toBe(true)
    expect(electron.schemes.map(({ scheme }) => scheme)).toEqual(['app'])
    expect(electron.windows).toEqual([])
  })

  it('each home is a program of its own', () => {
    const { electron, home } = launch()
    expect(electron.app.paths['userData']).toBe(join(home, 'window'))
  })

  it('links are claimed by the installed program only', () => {
    expect(launch().electron.app.protocols).toEqual(['holdfast'])
    const electron = new FakeElectron()
    electron.app.isPackaged = false
    expect(launch({ electron }).electron.app.protocols).toEqual([])
  })
})

describe('a second launch', () => {
  it('ends itself and opens nothing', async () => {
    const electron = new FakeElectron()
    electron.app.isFirst = false
    const openApplication = vi.fn<() => never>()
    const { ready } = launch({ electron, openApplication })
    await ready()
    expect(electron.app.hasQuit).toBe(true)
    expect(openApplication).not.toHaveBeenCalled()
    expect(electron.windows).toEqual([])
  })

  it('shows the window of the first, also out of the tray', async () => {
    const { electron, ready } = launch()
    await ready()
    electron.window.hide()
    electron.app.emit('second-instance', {}, ['holdfast'], '/tmp')
    expect(electron.window).toMatchObject({ isShown: true, isInFront: true })
    expect(electron.windows).toHaveLength(1)
  })

  it('passes its arguments on', async () => {
    const { electron, ready } = launch()
    await ready()
    electron.app.emit('second-instance', {}, ['holdfast', `holdfast://run/${jobId}`], '/tmp')
    expect(electron.window.loaded.at(-1)).toBe(`app://bundle/activity/${jobId}`)
  })
})

describe('what is opened at the start', () => {
  it('is the overview', async () => {
    const { electron, ready } = launch()
    await ready()
    expect(electron.window.loaded).toEqual(['app://bundle/'])
    expect(electron.window.isShown).toBe(true)
  })

  it('is the run that a link names, and nothing is done with it', async () => {
    const { electron, application, ready } = launch({ argv: ['holdfast', `holdfast://run/${jobId}`] })
    await ready()
    expect(electron.window.loaded).toContain(`app://bundle/activity/${jobId}`)
    expect(new Set(application.calls.map(({ method }) => method))).toEqual(new Set(['status.get', 'connections.list']))
  })

  it('is the file that was opened with it, to look into', async () => {
    const { electron, application, home, ready } = launch()
    const path = join(home, 'shop.dump')
    writeFileSync(path, 'PGDMP')
    // macOS tells this before the program is ready.
    const event = new FakeEvent()
    electron.app.emit('open-file', event, path)
    await ready()
    expect(event.isPrevented).toBe(true)
    expect(electron.window.loaded.at(-1)).toBe(`app://bundle/inspect?picked=${encodeURIComponent(`id of ${path}`)}`)
    expect(application.calls.map(({ method }) => method)).not.toContain('restores.plan')
  })

  it('is a notice where the file is not there', async () => {
    const { electron, ready } = launch({ argv: ['holdfast', '/nowhere/shop.dump'] })
    await ready()
    expect(electron.window.isShown).toBe(true)
    expect(electron.notifications[0]?.options).toEqual({
      title: 'The file can not be opened',
      body: '/nowhere/shop.dump',
    })
  })

  it('is nothing but the window for a link that says anything else', async () => {
    const { electron, ready } = launch()
    await ready()
    const event = new FakeEvent()
    electron.app.emit('open-url', event, `holdfast://restore/${jobId}`)
    expect(event.isPrevented).toBe(true)
    expect(electron.window.loaded).toEqual(['app://bundle/'])
  })
})

describe('the running program', () => {
  it('denies windows and permissions, and serves its own pages', async () => {
    const { electron, ready } = launch()
    await ready()
    expect(electron.window.webContents.openHandler?.({} as never)).toEqual({ action: 'deny' })
    expect(electron.session.check?.(null, 'media', '', { isMainFrame: true })).toBe(false)
    const page = await electron.protocolHandlers.get('app')?.(new Request('app://bundle/backups'))
    expect(await page?.text()).toContain('Holdfast')
  })

  it('has the look that was chosen', async () => {
    const { electron, home, ready } = launch()
    writeFileSync(join(home, 'window', 'desktop.json'), '{"theme":"dark"}')
    await ready()
    expect(electron.nativeTheme.themeSource).toBe('dark')
  })

  it('stays when its last window is closed', async () => {
    const { electron, ready } = launch()
    await ready()
    // Without a listener Electron quits.
    expect(electron.app.listenerCount('window-all-closed')).toBe(1)
  })

  it('comes back by its icon in the dock', async () => {
    const { electron, ready } = launch({ platform: 'darwin' })
    await ready()
    electron.window.hide()
    electron.app.emit('activate')
    expect(electron.window.isShown).toBe(true)
  })

  it('shows progress on the taskbar, in a window made later too', async () => {
    const { electron, application, ready } = launch()
    await ready()
    await application.emit('job.updated', running)
    expect(electron.window.progress).toBe(2)
    electron.window.emit('closed')
    electron.app.emit('activate')
    expect(electron.windows).toHaveLength(2)
    expect(electron.window.progress).toBe(2)
  })

  it('keeps the computer awake, tells the end, and reports a wake', async () => {
    const onResume = vi.fn<() => void>()
    const { electron, application, ready } = launch({ onResume })
    await ready()
    electron.window.hide()
    await application.emit('job.updated', running)
    expect(electron.blockers.size).toBe(1)
    await application.emit('job.updated', jobOf({ ...ended, state: 'succeeded', result: {} }, 2))
    expect(electron.blockers.size).toBe(0)
    expect(electron.notifications.map(({ options }) => options.title)).toEqual(['Done: shop'])
    electron.powerMonitor.emit('resume')
    expect(onResume).toHaveBeenCalledWith(application)
  })

  it('looks into a file chosen from the menu', async () => {
    const { electron, home, ready } = launch()
    await ready()
    electron.chosenPath = join(home, 'shop.sql')
    writeFileSync(electron.chosenPath, 'SELECT 1;')
    const file = electron.menu.find(({ label }) => label === '&File')?.submenu as {
      label?: string
      click?: () => void
    }[]
    file.find(({ label }) => label === 'Look into a File…')?.click?.()
    await settled()
    expect(electron.window.loaded.at(-1)).toContain('/inspect?picked=')
  })

  it('has no tray where the desktop shows none', async () => {
    const { electron, ready } = launch({ env: { XDG_CURRENT_DESKTOP: 'GNOME' } })
    await ready()
    expect(electron.trays).toEqual([])
  })

  it('says what keeps it from starting, and ends', async () => {
    const failure = new AppError('CATALOG_TOO_NEW', 'A newer Holdfast wrote this catalog.', { remedy: 'Update it.' })
    const { electron, ready } = launch({ openApplication: () => Promise.reject(failure) })
    await ready()
    expect(electron.errorBoxes).toEqual([
      { title: 'Holdfast can not start', content: 'A newer Holdfast wrote this catalog.\n\nUpdate it.' },
    ])
    expect(electron.app.exitCode).toBe(1)
    expect(electron.windows).toEqual([])
  })
})

const ended = { startedAt: '2026-01-01T10:00:00.000Z', finishedAt: '2026-01-01T10:00:05.000Z' }
