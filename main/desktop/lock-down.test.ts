import { beforeEach, describe, expect, it, vi } from 'vitest'
import { denyNavigation, denyPermissions } from './lock-down.ts'
import { FakeElectron } from './testing/fake-electron.ts'
import { FakeEvent, FakeWebContents } from './testing/fake-parts.ts'

describe('permissions', () => {
  let session: FakeElectron['session']
  beforeEach(() => {
    const electron = new FakeElectron()
    session = electron.session
    denyPermissions(electron.api.session.defaultSession)
  })

  it('are denied when asked for', () => {
    const answer = vi.fn<(granted: boolean) => void>()
    const [contents, details] = [new FakeWebContents() as never, {} as never]
    session.request?.(contents, 'clipboard-read', answer, details)
    expect(answer.mock.calls).toEqual([[false]])
  })

  it('are denied when looked up', () => {
    expect(session.check?.(null, 'notifications', 'app://bundle', { isMainFrame: true })).toBe(false)
  })

  it('are denied for devices and screens', () => {
    expect(session.device?.({} as never)).toBe(false)
    const answer = vi.fn<(streams: object | null) => void>()
    session.display?.({} as never, answer)
    expect(answer.mock.calls).toEqual([[{}]])
  })
})

describe('navigation', () => {
  let contents: FakeWebContents
  beforeEach(() => {
    const { app, api } = new FakeElectron()
    denyNavigation(api.app)
    contents = new FakeWebContents()
    app.emit('web-contents-created', {}, contents)
  })

  function isPrevented(name: string, details: object = {}): boolean {
    const event = Object.assign(new FakeEvent(), details)
    contents.emit(name, event)
    return event.isPrevented
  }

  it.each([
    'https://example.com/',
    'file:///etc/passwd',
    'app://other/',
    'app://bundle.example/',
    'javascript:alert(1)',
    'data:text/html,x',
  ])('to %s is denied', (url) => {
    expect(isPrevented('will-navigate', { url })).toBe(true)
    expect(isPrevented('will-frame-navigate', { url, isMainFrame: true })).toBe(true)
  })

  it("to the window's own pages is a reload", () => {
    const url = 'app://bundle/backups'
    expect(isPrevented('will-navigate', { url })).toBe(false)
    expect(isPrevented('will-frame-navigate', { url, isMainFrame: true })).toBe(false)
  })

  it('in a frame is denied, wherever it leads', () => {
    expect(isPrevented('will-frame-navigate', { url: 'app://bundle/', isMainFrame: false })).toBe(true)
  })

  it('by a redirect is denied', () => {
    expect(isPrevented('will-redirect', { url: 'app://bundle/' })).toBe(true)
  })

  it('into a new window or a webview is denied', () => {
    expect(contents.openHandler?.({ url: 'app://bundle/' } as never)).toEqual({ action: 'deny' })
    expect(isPrevented('will-attach-webview')).toBe(true)
  })
})
