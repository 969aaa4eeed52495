import { statSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import type { IpcMainEvent, IpcMainInvokeEvent } from 'electron'
import { AppError, events, type EventName, type PickedPath } from '../../preload/contract/index.ts'
import { channels } from '../../preload/contract/channels.ts'
import type { Answer, Application } from '../app/host.ts'
import { bundleOrigin } from './bundle-protocol.ts'
import type { Electron } from './electron.ts'
import type { MainWindow } from './window.ts'

/** What the door between window and application stands on. */
export interface IpcOptions {
  readonly electron: Pick<Electron, 'ipcMain'>
  readonly window: MainWindow
  readonly application: Application
  /** Makes a path of the system known to the application. */
  readonly handOver: (path: string) => Promise<Answer<PickedPath | null>>
}

/** Opens the door: calls of the window reach the application, its events reach the window. Only the window's own page is heard. */
export function serveIpc({ electron, window, application, handOver }: IpcOptions): void {
  const { ipcMain } = electron
  ipcMain.handle(channels.invoke, (event, method: unknown, input: unknown): Promise<Answer<unknown>> => {
    if (!isOwnPage(event, window)) return Promise.resolve(refused())
    // The router knows which methods there are, and parses the input.
    return application.invoke(String(method) as never, input as never)
  })
  ipcMain.handle(channels.dropped, (event, path: unknown): Promise<Answer<unknown>> => {
    if (!isOwnPage(event, window)) return Promise.resolve(refused())
    if (!isRegularFile(path)) return Promise.resolve(notAFile())
    return handOver(path)
  })
  ipcMain.on(channels.listening, (event, name: unknown) => {
    if (isOwnPage(event, window) && isEventName(name)) window.hears(name)
  })
  for (const name of Object.keys(events) as EventName[]) {
    application.subscribe(name, (payload) => window.send(name, payload))
  }
}

/** Whether a message comes from the main frame of the window, while that shows the application's own page. */
function isOwnPage(event: IpcMainEvent | IpcMainInvokeEvent, window: MainWindow): boolean {
  const frame = event.senderFrame
  const own = window.current?.webContents
  return frame !== null && own !== undefined && frame === own.mainFrame && frame.origin === bundleOrigin
}

function isEventName(name: unknown): name is EventName {
  return typeof name === 'string' && Object.hasOwn(events, name)
}

/** Whether this is the absolute path of a regular file; links to one count, devices and folders don't. */
export function isRegularFile(path: unknown): path is string {
  if (typeof path !== 'string' || !isAbsolute(path) || path.includes('\0')) return false
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

function refused(): Answer<never> {
  const error = new AppError('PERMISSION_DENIED', 'Only the window of Holdfast may ask for this.')
  return { ok: false, error: error.toData() }
}

function notAFile(): Answer<never> {
  const error = new AppError('NOT_A_REGULAR_FILE', 'What was dropped is not a file.', {
    remedy: 'Drop a dump or a backup file.',
  })
  return { ok: false, error: error.toData() }
}
