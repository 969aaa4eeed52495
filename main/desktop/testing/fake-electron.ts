import { EventEmitter } from 'node:events'
import type {
  BrowserWindowConstructorOptions,
  MenuItemConstructorOptions,
  MessageBoxOptions,
  OpenDialogOptions,
  SaveDialogOptions,
} from 'electron'
import type { Electron } from '../electron.ts'
import {
  FakeApp,
  FakeIpcMain,
  FakeNotification,
  FakeSession,
  FakeTray,
  FakeUtilityProcess,
  FakeWindow,
} from './fake-parts.ts'

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
  finger: 'accepted' | 'refused' | 'no-sensor' | 'not-macos' = 'no-sensor'
  readonly fingerReasons: string[] = []
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
      systemPreferences: this.#systemPreferences(),
    } as unknown as Electron
  }

  /** The window that was made last. */
  get window(): FakeWindow {
    const last = this.windows.at(-1)
    if (last === undefined) throw new Error('No window was made.')
    return last
  }

  #systemPreferences() {
    if (this.finger === 'not-macos') return {}
    return {
      canPromptTouchID: () => this.finger !== 'no-sensor',
      promptTouchID: (reason: string) => {
        this.fingerReasons.push(reason)
        return this.finger === 'accepted' ? Promise.resolve() : Promise.reject(new Error('Canceled'))
      },
    }
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
