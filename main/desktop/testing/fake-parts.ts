import { EventEmitter } from 'node:events'
import type {
  App,
  BrowserWindow,
  BrowserWindowConstructorOptions,
  IpcMain,
  MenuItemConstructorOptions,
  Session,
  UtilityProcess,
  WebContents,
} from 'electron'

type AppPart = Pick<
  App,
  | 'enableSandbox'
  | 'exit'
  | 'getPath'
  | 'isPackaged'
  | 'quit'
  | 'requestSingleInstanceLock'
  | 'setAppUserModelId'
  | 'setAsDefaultProtocolClient'
  | 'setPath'
  | 'whenReady'
>

/** Quitting emits `before-quit`, and counts as done when nobody prevents it. */
export class FakeApp extends EventEmitter implements AppPart {
  isPackaged = true
  isFirst = true
  isSandboxed = false
  hasQuit = false
  exitCode: number | null = null
  readonly paths: Record<string, string> = { documents: '/home/ada/Documents' }
  readonly protocols: string[] = []
  readonly #ready = Promise.withResolvers<void>()

  becomeReady(): void {
    this.#ready.resolve()
  }
  whenReady(): Promise<void> {
    return this.#ready.promise
  }
  enableSandbox(): void {
    this.isSandboxed = true
  }
  requestSingleInstanceLock(): boolean {
    return this.isFirst
  }
  setAppUserModelId(): void {}
  setAsDefaultProtocolClient(scheme: string): boolean {
    this.protocols.push(scheme)
    return true
  }
  getPath(name: string): string {
    return this.paths[name] ?? ''
  }
  setPath(name: string, path: string): void {
    this.paths[name] = path
  }
  quit(): void {
    const event = new FakeEvent()
    this.emit('before-quit', event)
    this.hasQuit = !event.isPrevented
  }
  exit(code = 0): void {
    this.exitCode = code
  }
}

/** An event that can be prevented. */
export class FakeEvent {
  isPrevented = false
  preventDefault(): void {
    this.isPrevented = true
  }
}

type WindowPart = Pick<
  BrowserWindow,
  'focus' | 'hide' | 'isFocused' | 'isMinimized' | 'isVisible' | 'loadURL' | 'restore' | 'setProgressBar' | 'show'
>

/** A window that is nowhere: its calls are kept. */
export class FakeWindow extends EventEmitter implements WindowPart {
  readonly options: BrowserWindowConstructorOptions
  readonly webContents = new FakeWebContents()
  readonly loaded: string[] = []
  isShown = false
  isInFront = false
  isSmall = false
  progress: number | null = null

  constructor(options: BrowserWindowConstructorOptions) {
    super()
    this.options = options
  }
  loadURL(url: string): Promise<void> {
    this.loaded.push(url)
    return Promise.resolve()
  }
  show(): void {
    this.isShown = true
  }
  focus(): void {
    this.isInFront = true
  }
  hide(): void {
    this.isShown = false
    this.isInFront = false
  }
  restore(): void {
    this.isSmall = false
  }
  isFocused(): boolean {
    return this.isInFront
  }
  isVisible(): boolean {
    return this.isShown
  }
  isMinimized(): boolean {
    return this.isSmall
  }
  setProgressBar(progress: number): void {
    this.progress = progress
  }
  /** What the close button does. Answers whether the window was closed. */
  close(): boolean {
    const event = new FakeEvent()
    this.emit('close', event)
    if (!event.isPrevented) this.emit('closed')
    return !event.isPrevented
  }
}

/** The page of a window. */
export class FakeWebContents extends EventEmitter implements Pick<WebContents, 'send' | 'setWindowOpenHandler'> {
  readonly mainFrame = { origin: 'app://bundle' }
  readonly sent: unknown[][] = []
  openHandler: Parameters<WebContents['setWindowOpenHandler']>[0] | null = null

  send(...message: unknown[]): void {
    this.sent.push(message)
  }
  setWindowOpenHandler(handler: Parameters<WebContents['setWindowOpenHandler']>[0]): void {
    this.openHandler = handler
  }
}

/** The main end of IPC; `call` and `say` are what a frame does. */
export class FakeIpcMain extends EventEmitter implements Pick<IpcMain, 'handle'> {
  readonly #handlers = new Map<string, Parameters<IpcMain['handle']>[1]>()

  handle(channel: string, handler: Parameters<IpcMain['handle']>[1]): void {
    this.#handlers.set(channel, handler)
  }
  call(senderFrame: { readonly origin: string } | null, channel: string, ...args: unknown[]): Promise<unknown> {
    const handler = this.#handlers.get(channel)
    if (handler === undefined) throw new Error(`Nothing handles ${channel}.`)
    return handler({ senderFrame } as unknown as Electron.IpcMainInvokeEvent, ...args) as Promise<unknown>
  }
  say(senderFrame: { readonly origin: string } | null, channel: string, ...args: unknown[]): void {
    this.emit(channel, { senderFrame }, ...args)
  }
}

type SessionPart = Pick<
  Session,
  | 'setDevicePermissionHandler'
  | 'setDisplayMediaRequestHandler'
  | 'setPermissionCheckHandler'
  | 'setPermissionRequestHandler'
>

/** The session's handlers, as they were set. null: Electron would grant. */
export class FakeSession implements SessionPart {
  request: Parameters<Session['setPermissionRequestHandler']>[0] = null
  check: Parameters<Session['setPermissionCheckHandler']>[0] = null
  device: Parameters<Session['setDevicePermissionHandler']>[0] = null
  display: Parameters<Session['setDisplayMediaRequestHandler']>[0] = null

  setPermissionRequestHandler(handler: Parameters<Session['setPermissionRequestHandler']>[0]): void {
    this.request = handler
  }
  setPermissionCheckHandler(handler: Parameters<Session['setPermissionCheckHandler']>[0]): void {
    this.check = handler
  }
  setDevicePermissionHandler(handler: Parameters<Session['setDevicePermissionHandler']>[0]): void {
    this.device = handler
  }
  setDisplayMediaRequestHandler(handler: Parameters<Session['setDisplayMediaRequestHandler']>[0]): void {
    this.display = handler
  }
}

/** A notification that the test clicks or lets fail. */
export class FakeNotification extends EventEmitter {
  readonly options: { readonly title: string; readonly body: string }
  isShown = false

  constructor(options: FakeNotification['options']) {
    super()
    this.options = options
  }
  show(): void {
    this.isShown = true
  }
}

/** A tray; `menus` has each menu that was set. */
export class FakeTray extends EventEmitter implements Pick<Electron.Tray, 'setToolTip'> {
  readonly icon: string
  readonly menus: MenuItemConstructorOptions[][] = []
  toolTip = ''

  constructor(icon: string) {
    super()
    this.icon = icon
  }
  setToolTip(text: string): void {
    this.toolTip = text
  }
  setContextMenu(menu: MenuItemConstructorOptions[]): void {
    this.menus.push(menu)
  }
  get menu(): MenuItemConstructorOptions[] {
    return this.menus.at(-1) ?? []
  }
}

/** A utility process that never runs. */
export class FakeUtilityProcess extends EventEmitter implements Pick<UtilityProcess, 'kill' | 'postMessage'> {
  readonly entry: string
  readonly args: string[]
  readonly options: Electron.ForkOptions
  readonly posted: unknown[] = []
  pid: number | undefined
  killed = 0

  constructor(entry: string, args: string[], options: Electron.ForkOptions) {
    super()
    this.entry = entry
    this.args = args
    this.options = options
  }
  postMessage(message: unknown): void {
    this.posted.push(message)
  }
  kill(): boolean {
    this.killed += 1
    return true
  }
}
