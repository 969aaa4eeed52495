import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { toAppError } from '../../preload/contract/index.ts'
import type { Application, Host } from '../app/host.ts'
import { queue } from '../app/queue.ts'
import { listBundleFiles, registerBundleScheme, serveBundle } from './bundle-protocol.ts'
import { closeWindow } from './closing.ts'
import { linkScheme } from './deep-link.ts'
import { pickPath } from './dialogs.ts'
import type { Electron } from './electron.ts'
import { HandedPaths } from './handed-paths.ts'
import { createHost } from './host.ts'
import { isRegularFile, serveIpc } from './ipc.ts'
import { JobWatch } from './job-watch.ts'
import { openingOf, openingOfLink, type Opening } from './launch-arguments.ts'
import { denyNavigation, denyPermissions } from './lock-down.ts'
import { installMenu } from './menu.ts'
import { Notifications } from './notifications.ts'
import { onResume, stayAwakeDuring, taskbarProgress } from './power.ts'
import { Quitting } from './quitting.ts'
import { DesktopState } from './state.ts'
import { applyTheme, chooseTheme } from './theme.ts'
import { hasTray, TrayMenu } from './tray.ts'
import { MainWindow } from './window.ts'

/** Where the parts of this program lie, and what it was started with. */
export interface DesktopOptions {
  readonly home: string
  readonly argv: readonly string[]
  readonly workingDirectory: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly preload: string
  readonly rendererFolder: string
  readonly jobEntry: string
  /** Folder of the icons of window and tray. */
  readonly iconFolder: string
  readonly openApplication: (options: { readonly home: string; readonly host: Host }) => Promise<Application>
  /** Called each time the computer wakes. */
  readonly onResume?: (application: Application) => void
}

/**
 * Starts the desktop program; all that must happen before Electron is ready happens before this returns.
 * A second launch hands what it wants to the first one, and ends.
 */
export function startDesktop(electron: Electron, options: DesktopOptions): void {
  const { app } = electron
  const userData = join(options.home, 'window')
  mkdirSync(userData, { recursive: true, mode: 0o700 })
  // Programs with homes of their own are programs of their own.
  app.setPath('userData', userData)
  if (!app.requestSingleInstanceLock()) return app.quit()

  const openings = queue<Opening>()
  openings.push(openingOf(options.argv, options.workingDirectory))
  app.on('second-instance', (_event, argv, workingDirectory) => openings.push(openingOf(argv, workingDirectory)))
  app.on('open-file', (event, path) => {
    event.preventDefault()
    openings.push({ kind: 'file', path })
  })
  app.on('open-url', (event, url) => {
    event.preventDefault()
    openings.push(openingOfLink(url))
  })
  app.on('activate', () => openings.push({ kind: 'window' }))
  // Without this listener Electron quits; the program stays in the tray, or is left by a question.
  app.on('window-all-closed', () => undefined)

  app.enableSandbox()
  registerBundleScheme(electron)
  denyNavigation(app)
  if (options.platform === 'win32') app.setAppUserModelId('org.holdfast.Holdfast')
  if (app.isPackaged) app.setAsDefaultProtocolClient(linkScheme)

  void app.whenReady().then(async () => {
    try {
      const open = await run(electron, options)
      openings.drain(open)
    } catch (error) {
      const { message, remedy, detail } = toAppError(error)
      electron.dialog.showErrorBox('Holdfast can not start', [message, remedy ?? detail ?? ''].join('\n\n'))
      app.exit(1)
    }
  })
}

/** Opens the application and puts the parts together. Answers who shows what is to be opened. */
async function run(electron: Electron, options: DesktopOptions): Promise<(opening: Opening) => void> {
  const { home, platform, env, iconFolder } = options
  const state = new DesktopState(join(home, 'window', 'desktop.json'))
  const isInTray = hasTray(platform, env)
  let quitting: Quitting | null = null
  let watch: JobWatch | null = null
  const window: MainWindow = new MainWindow({
    electron,
    preload: options.preload,
    icon: join(iconFolder, 'icon.png'),
    onClose: (event) => {
      if (quitting !== null) void closeWindow(event, { electron, hasTray: isInTray, quitting, state, window })
    },
    isLeaving: () => quitting?.isLeaving ?? false,
    onCreated: (created) => created.setProgressBar(taskbarProgress(watch?.active ?? [])),
  })
  const notifications = new Notifications(electron, window)
  const tell = notifications.tell.bind(notifications)
  const handed = new HandedPaths()
  const { jobEntry } = options
  const host = createHost({ electron, window, state, env, jobEntry, handed, tell })

  denyPermissions(electron.session.defaultSession)
  serveBundle(electron, listBundleFiles(options.rendererFolder))
  applyTheme(electron, state)
  const application = await options.openApplication({ home, host })

  watch = new JobWatch(application)
  watch.onChange((active) => window.current?.setProgressBar(taskbarProgress(active)))
  watch.onEnd((job) => notifications.jobEnded(job))
  stayAwakeDuring(electron, watch)
  onResume(electron, () => options.onResume?.(application))
  quitting = new Quitting({ electron, application, watch, window })
  serveIpc({ electron, window, application, handOver: (path) => handed.handOver(application, path) })

  const inspect = async (path: string) => {
    const answer = isRegularFile(path) ? await handed.handOver(application, path) : null
    if (answer?.ok === true && answer.data !== null) {
      window.navigate(`/inspect?picked=${encodeURIComponent(answer.data.picked)}`)
    } else {
      window.show()
      tell({ title: 'The file can not be opened', text: path, route: null })
    }
  }
  const openFile = async () => {
    const request = { purpose: 'open', title: 'Look into a file', suggestedName: null } as const
    const path = await pickPath({ electron, window, state }, request)
    if (path !== null) await inspect(path)
  }
  const showMenu = (): void => {
    installMenu(electron, {
      platform,
      isDevelopment: !electron.app.isPackaged,
      theme: state.value.theme,
      navigate: (route) => window.navigate(route),
      openFile: () => void openFile(),
      chooseTheme: (theme) => chooseTheme(electron, state, theme),
    })
  }
  showMenu()
  if (isInTray) {
    const icon = join(iconFolder, trayIcon(platform))
    const quit = () => electron.app.quit()
    await new TrayMenu({ electron, icon, platform, application, watch, window, tell, quit }).refresh()
  }
  return (opening) => {
    switch (opening.kind) {
      case 'window':
        return window.show()
      case 'route':
        return window.navigate(opening.route)
      case 'file':
        return void inspect(opening.path)
    }
  }
}

function trayIcon(platform: NodeJS.Platform): string {
  if (platform === 'win32') return 'tray.ico'
  // A name that ends so is drawn in the colours of the menu bar.
  return platform === 'darwin' ? 'trayTemplate.png' : 'tray.png'
}
