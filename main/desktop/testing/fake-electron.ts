import { EventEmitter } from 'node:events'
import type {
  App,
  BrowserWindow,
  BrowserWindowConstructorOptions,
  IpcMain,
  MenuItemConstructorOptions,
  MessageBoxOptions,
  OpenDialogOptions,
  SaveDialogOptions,
  Session,
  UtilityProcess,
  WebContents,
} from 'electron'
import type { Electron } from '../electron.ts'

/**
 * A stand-in for Electron. It keeps what it is told, and emits what a test makes happen; it draws nothing, serves
 * nothing and denies nothing of itself. Each part is held against Electron's own types with `implements`; only the
 * whole is cast, because the overloads of `on` can't be.
 */
export class FakeElectron {
  readonly app = new FakeApp()
  readonly ipcMain = new FakeIpcMain()
  readonly session = new FakeSession()
  readonly powerMonitor = new EventEmitter()
  readonly nativeTheme = { themeSource: 'system' as 'system' | 'light' | 'dark' }
  readonly schemes: Electron.CustomScheme[] = []
  readonly protocolHandlers = new Map<string, (request: Request) => Response | Promise<Response>>()
  readonly blockers = new Set<number>()
  readonly blockerTypes: string[] = []
  readonly windows: FakeWindow[] = []
  readonly notifications: FakeNotification[] = []
  readonly trays: FakeTray[] = []
  readonly forks: FakeUtilityProcess[] = []
  readonly errorBoxes: { readonly title: string; readonly content: string }[] = []
  readonly questions: MessageBoxOptions[] = []
  readonly openDialogs: OpenDialogOptions[] = []
  readonly saveDialogs: SaveDialogOptions[] = []
  /** The button that is pressed for each question. */
  answer: (question: MessageBoxOptions) => number | Promise<number> = () => 0
  /** What is chosen in the next dialog; null closes it. */
  chosenPath: string | null = null
  canNotify = true
  menu: MenuItemConstructorOptions[] = []

  /** As `Electron`, for the code under test. */
  get api(): Electron {
    const { app, ipcMain, session, powerMonitor, nativeTheme, windows, notifications, trays } = this
    const isSupported = () => this.canNotify
    return {
      app,
      ipcMain,
      powerMonitor,
      nativeTheme,
      session: { defaultSession: session },
      BrowserWindow: class extends FakeWindow {
        constructor(options: BrowserWindowConstructorOptions) {
          super(options)
          windows.push(this)
          app.emit('web-contents-created', {}, this.webContents)
        }
      },
      Notification: class extends FakeNotification {
        static readonly isSupported = isSupported
        constructor(options: FakeNotification['options']) {
          super(options)
          notifications.push(this)
        }
      },
      Tray: class extends FakeTray {
        constructor(icon: string) {
          super(icon)
          trays.push(this)
        }
      },
      Menu: {
        buildFromTemplate: (template: MenuItemConstructorOptions[]) => template,
        setApplicationMenu: (menu: MenuItemConstructorOptions[]) => void (this.menu = menu),
      },
      protocol: {
        registerSchemesAsPrivileged: (schemes: Electron.CustomScheme[]) => void this.schemes.push(...schemes),
        handle: (scheme: string, handler: (request: Request) => Response | Promise<Response>) =>
          void this.protocolHandlers.set(scheme, handler),
      },
      powerSaveBlocker: {
        start: (type: string) => {
          this.blockerTypes.push(type)
          this.blockers.add(this.blockerTypes.length)
          return this.blockerTypes.length
        },
        stop: (id: number) => this.blockers.delete(id),
      },
      utilityProcess: {
        fork: (entry: string, args: string[], options: Electron.ForkOptions) => {
          const fork = new FakeUtilityProcess(entry, args, options)
          this.forks.push(fork)
          return fork
        },
      },
      dialog: this.#dialog(),
    } as unknown as Electron
  }

  /** The window that was made last. */
  get window(): FakeWindow {
    const last = this.windows.at(-1)
    if (last === undefined) throw new Error('No window was made.')
    return last
  }

  #dialog() {
    return {
      showErrorBox: (title: string, content: string) => void this.errorBoxes.push({ title, content }),
      showMessageBox: async (...args: readonly unknown[]) => {
        const question = args.at(-1) as MessageBoxOptions
        this.questions.push(question)
        return { response: await this.answer(question), checkboxChecked: false }
      },
      showOpenDialog: (...args: readonly unknown[]) => {
        this.openDialogs.push(args.at(-1) as OpenDialogOptions)
        const filePaths = this.chosenPath === null ? [] : [this.chosenPath]
        return Promise.resolve({ canceled: this.chosenPath === null, filePaths })
      },
      showSaveDialog: (...args: readonly unknown[]) => {
        this.saveDialogs.push(args.at(-1) as SaveDialogOptions)
        return Promise.resolve({ canceled: this.chosenPath === null, filePath: this.chosenPath ?? '' })
      },
    }
  }
}

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
