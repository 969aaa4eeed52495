import { describe, expect, it } from 'vitest'
import { channels } from '../../preload/contract/channels.ts'
import { FakeElectron } from './testing/fake-electron.ts'
import { MainWindow } from './window.ts'

function make() {
  const electron = new FakeElectron()
  const onClose = () => undefined
  const window = new MainWindow({
    electron: electron.api,
    preload: '/preload.cjs',
    icon: '/icon.png',
    onClose,
    isLeaving: () => false,
  })
  return { electron, window }
}

it('is isolated, sandboxed and without Node.js, with web security', () => {
  const { electron, window } = make()
  window.show()
  expect(electron.window.options.webPreferences).toMatchObject({
    preload: '/preload.cjs',
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    webviewTag: false,
    experimentalFeatures: false,
  })
})

it('comes back where it was', () => {
  const { electron, window } = make()
  window.show()
  expect(electron.window.options).toMatchObject({ name: 'main', windowStatePersistence: true })
})

it('comes to the front, whether hidden, small or closed', () => {
  const { electron, window } = make()
  window.show()
  electron.window.isSmall = true
  window.hide()
  window.show()
  expect(electron.window).toMatchObject({ isShown: true, isInFront: true, isSmall: false })
  electron.window.emit('closed')
  expect(window.current).toBeNull()
  window.show()
  expect(electron.windows).toHaveLength(2)
})

describe('navigate', () => {
  it('opens a new window at the page', () => {
    const { electron, window } = make()
    window.navigate('/activity/x')
    expect(electron.window.loaded).toEqual(['app://bundle/activity/x'])
    expect(electron.window.isShown).toBe(true)
  })

  it('asks a page that listens, so that nothing in it is lost', () => {
    const { electron, window } = make()
    window.show()
    window.hears('window.navigate')
    window.navigate('/backups')
    expect(electron.window.loaded).toEqual(['app://bundle/'])
    expect(electron.window.webContents.sent).toEqual([[channels.event, 'window.navigate', { route: '/backups' }]])
  })

  it('loads the page where nobody listens yet, and again after a reload', () => {
    const { electron, window } = make()
    window.show()
    window.navigate('/backups')
    window.hears('window.navigate')
    electron.window.webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false })
    window.navigate('/compare')
    expect(electron.window.loaded).toEqual(['app://bundle/', 'app://bundle/backups', 'app://bundle/compare'])
  })

  it('goes on asking after the page changed its own route', () => {
    const { electron, window } = make()
    window.show()
    window.hears('window.navigate')
    electron.window.webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: true })
    window.navigate('/compare')
    expect(electron.window.loaded).toEqual(['app://bundle/'])
  })
})

describe('sendSurely', () => {
  const notice = { title: 'Failed', text: 'The disk is full.', route: null }

  it('waits until a window listens', () => {
    const { electron, window } = make()
    window.sendSurely('window.notice', notice)
    window.show()
    expect(electron.window.webContents.sent).toEqual([])
    window.hears('window.notice')
    expect(electron.window.webContents.sent).toEqual([[channels.event, 'window.notice', notice]])
    window.hears('window.notice')
    expect(electron.window.webContents.sent).toHaveLength(1)
  })

  it('is at once where one does', () => {
    const { electron, window } = make()
    window.show()
    window.hears('window.notice')
    window.sendSurely('window.notice', notice)
    expect(electron.window.webContents.sent).toHaveLength(1)
  })
})
