import type { App, Session } from 'electron'
import { bundleOrigin } from './bundle-protocol.ts'

/** Denies every permission: asked for, looked up, or of a device. What is not set here Electron grants. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}))
}

/**
 * Keeps every page where it is: no other address, no frame, no new window, no webview. The page's own routes don't
 * navigate; only a reload of the window's own origin does.
 */
export function denyNavigation(app: Pick<App, 'on'>): void {
  app.on('web-contents-created', (_created, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }))
    contents.on('will-navigate', (event) => {
      if (!isOwn(event.url)) event.preventDefault()
    })
    contents.on('will-frame-navigate', (event) => {
      if (!event.isMainFrame || !isOwn(event.url)) event.preventDefault()
    })
    contents.on('will-redirect', (event) => event.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
  })
}

function isOwn(url: string): boolean {
  return url === bundleOrigin || url.startsWith(`${bundleOrigin}/`)
}
