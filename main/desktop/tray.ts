import type { MenuItemConstructorOptions, Tray } from 'electron'
import type { Connection, Job, JobId } from '../../preload/contract/index.ts'
import type { Application } from '../app/host.ts'
import type { Electron } from './electron.ts'
import type { JobWatch } from './job-watch.ts'
import type { Notice } from './notifications.ts'
import { routeOfJob } from './deep-link.ts'
import type { MainWindow } from './window.ts'

/** What the tray stands on. */
export interface TrayOptions {
  readonly electron: Pick<Electron, 'Menu' | 'Tray'>
  readonly icon: string
  readonly platform: NodeJS.Platform
  readonly application: Pick<Application, 'invoke' | 'subscribe'>
  readonly watch: Pick<JobWatch, 'active' | 'onChange' | 'onEnd'>
  readonly window: Pick<MainWindow, 'navigate' | 'show'>
  readonly tell: (notice: Notice) => void
  readonly quit: () => void
}

type NamedConnection = Pick<Connection, 'id' | 'name'>

/** What the tray's menu shows. */
interface TrayContent {
  /** The sentence that answers whether all is safe. */
  readonly sentence: string
  readonly connections: readonly NamedConnection[]
  readonly active: readonly Pick<Job, 'id' | 'title'>[]
}

/**
 * Whether the desktop shows a tray. Linux has no question for it: desktops that are known to bring one count, GNOME
 * without its extension doesn't.
 */
export function hasTray(platform: NodeJS.Platform, env: Readonly<Record<string, string | undefined>>): boolean {
  if (platform !== 'linux') return true
  const desktops = (env['XDG_CURRENT_DESKTOP'] ?? '').toLowerCase().split(':')
  const known = [
    'kde',
    'xfce',
    'lxqt',
    'lxde',
    'mate',
    'x-cinnamon',
    'cinnamon',
    'unity',
    'ubuntu',
    'pantheon',
    'budgie',
  ]
  return desktops.some((desktop) => known.includes(desktop))
}

/** The tray: its menu is built again when what it shows has changed, because on Linux a menu can't change by itself. */
export class TrayMenu {
  readonly #options: TrayOptions
  readonly #tray: Tray
  #content: TrayContent = { sentence: 'Holdfast', connections: [], active: [] }
  #shown = ''

  constructor(options: TrayOptions) {
    this.#options = options
    const { electron, icon, platform, application, watch, window } = options
    this.#tray = new electron.Tray(icon)
    this.#tray.setToolTip('Holdfast')
    // On macOS a click opens the menu.
    if (platform !== 'darwin') this.#tray.on('click', () => window.show())
    application.subscribe('catalog.changed', () => void this.refresh())
    watch.onChange((active) => this.#set({ active: active.map(({ id, title }) => ({ id, title })) }))
    watch.onEnd(() => void this.refresh())
    this.#build()
  }

  /** Asks for the state again. Resolves when the menu shows it. */
  async refresh(): Promise<void> {
    const { application } = this.#options
    const [status, connections] = await Promise.all([
      application.invoke('status.get', {}),
      application.invoke('connections.list', {}),
    ])
    this.#set({
      ...(status.ok ? { sentence: status.data.sentence } : { sentence: status.error.message }),
      ...(connections.ok ? { connections: connections.data.map(({ id, name }) => ({ id, name })) } : {}),
    })
  }

  #set(change: Partial<TrayContent>): void {
    this.#content = { ...this.#content, ...change }
    this.#build()
  }

  #build(): void {
    const key = JSON.stringify(this.#content)
    if (key === this.#shown) return
    this.#shown = key
    const { Menu } = this.#options.electron
    this.#tray.setContextMenu(Menu.buildFromTemplate(this.#template()))
    this.#tray.setToolTip(`Holdfast: ${this.#content.sentence}`)
  }

  #template(): MenuItemConstructorOptions[] {
    const { sentence, active, connections } = this.#content
    const { window, quit } = this.#options
    return [
      { label: sentence, enabled: false },
      ...active.map(({ id, title }) => ({ label: `Running: ${title}`, click: () => window.navigate(routeOfJob(id)) })),
      { type: 'separator' },
      {
        label: 'Back Up Now',
        enabled: connections.length > 0,
        submenu: connections.map((each) => ({ label: each.name, click: () => void this.#backUp(each) })),
      },
      ...active.map(({ id, title }) => ({ label: `Cancel: ${title}`, click: () => void this.#cancel(id, title) })),
      { type: 'separator' },
      { label: 'Open Holdfast', click: () => window.show() },
      { label: 'Quit', click: quit },
    ]
  }

  async #backUp({ id, name }: NamedConnection): Promise<void> {
    const answer = await this.#options.application.invoke('backups.start', { connection: id })
    if (!answer.ok) this.#tellFailure(`${name} was not backed up`, answer.error.message, '/')
  }

  async #cancel(id: JobId, title: string): Promise<void> {
    const answer = await this.#options.application.invoke('jobs.cancel', { job: id })
    if (!answer.ok) this.#tellFailure(`Not cancelled: ${title}`, answer.error.message, routeOfJob(id))
  }

  #tellFailure(title: string, text: string, route: string): void {
    this.#options.tell({ title, text, route })
  }
}
