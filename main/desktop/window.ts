import type { BrowserWindow, BrowserWindowConstructorOptions, Event } from 'electron'
import type { EventName, EventPayload } from '../../preload/contract/index.ts'
import { channels } from '../../preload/contract/channels.ts'
import { bundleOrigin } from './bundle-protocol.ts'
import type { Electron } from './electron.ts'

/** What the window is made of. */
export interface WindowOptions {
  readonly electron: Pick<Electron, 'BrowserWindow'>
  /** The bundled preload script. */
  readonly preload: string
  readonly icon: string
  /** Called when the window is about to close; `preventDefault` keeps it. */
  readonly onClose: (event: Event) => void
  /** Whether the program ends: then a page can't keep its window open with an unsaved form. */
  readonly isLeaving: () => boolean
  /** Called with each new window, before it shows anything. */
  readonly onCreated?: (window: BrowserWindow) => void
}

/** The one window. It may be there, hidden, or closed; whoever wants something of it need not know which. */
export class MainWindow {
  readonly #options: WindowOptions
  #window: BrowserWindow | null = null
  #heard = new Set<string>()
  #waiting: { readonly event: EventName; readonly payload: unknown }[] = []

  constructor(options: WindowOptions) {
    this.#options = options
  }

  /** The window itself; null while there is none. */
  get current(): BrowserWindow | null {
    return this.#window
  }

  /** Whether the person has it before them. */
  get isInFront(): boolean {
    return this.#window?.isFocused() ?? false
  }

  /** Brings it to the front, made anew where it was closed. */
  show(): void {
    const window = this.#window ?? this.#create('/')
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  }

  /** Shows a page of the window, without losing what the window holds. `route` begins with a slash. */
  navigate(route: string): void {
    if (this.#window === null) this.#create(route)
    else if (this.#heard.has('window.navigate')) this.send('window.navigate', { route })
    else void this.#window.loadURL(bundleOrigin + route)
    this.show()
  }

  /** Tells the window of an event, where it is there. */
  send<E extends EventName>(event: E, payload: EventPayload<E>): void {
    this.#window?.webContents.send(channels.event, event, payload)
  }

  /** Tells the window of an event now, or as soon as it listens. */
  sendSurely<E extends EventName>(event: E, payload: EventPayload<E>): void {
    if (this.#window !== null && this.#heard.has(event)) this.send(event, payload)
    else this.#waiting.push({ event, payload })
  }

  /** The page hears this event from now on. */
  hears(event: string): void {
    this.#heard.add(event)
    const due = this.#waiting.filter((each) => each.event === event)
    this.#waiting = this.#waiting.filter((each) => each.event !== event)
    for (const { payload } of due) this.#window?.webContents.send(channels.event, event, payload)
  }

  hide(): void {
    this.#window?.hide()
  }

  #create(route: string): BrowserWindow {
    const { electron, preload, icon, onClose, isLeaving, onCreated } = this.#options
    const window = new electron.BrowserWindow(windowSettings(preload, icon))
    this.#window = window
    window.on('close', onClose)
    window.on('closed', () => {
      this.#window = null
      this.#heard = new Set()
    })
    window.webContents.on('will-prevent-unload', (event) => {
      // Prevented, it is the page's wish that is left aside.
      if (isLeaving()) event.preventDefault()
    })
    // After a reload nobody listens until the new page says so.
    window.webContents.on('did-start-navigation', (details) => {
      if (details.isMainFrame && !details.isSameDocument) this.#heard = new Set()
    })
    onCreated?.(window)
    void window.loadURL(bundleOrigin + route)
    return window
  }
}

function windowSettings(preload: string, icon: string): BrowserWindowConstructorOptions {
  return {
    // With a name Electron keeps place and size from one start to the next.
    name: 'main',
    windowStatePersistence: true,
    title: 'Holdfast',
    icon,
    width: 1360,
    height: 900,
    minWidth: 420,
    minHeight: 480,
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      experimentalFeatures: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  }
}
