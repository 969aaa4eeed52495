import type { MenuItemConstructorOptions } from 'electron'
import type { Electron } from './electron.ts'
import type { Theme } from './theme.ts'

/** What the menu shows, and whom it calls. */
export interface MenuOptions {
  readonly platform: NodeJS.Platform
  /** Whether tools for developers are offered. */
  readonly isDevelopment: boolean
  readonly theme: Theme
  readonly navigate: (route: string) => void
  readonly openFile: () => void
  readonly chooseTheme: (theme: Theme) => void
}

/** Builds the menu of the application. The labels of roles are the system's own. */
export function installMenu({ Menu }: Pick<Electron, 'Menu'>, options: MenuOptions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(options)))
}

/** The menu as data. */
export function menuTemplate(options: MenuOptions): MenuItemConstructorOptions[] {
  const isMac = options.platform === 'darwin'
  const settings = page(options, 'Settings', '/settings', 'CmdOrCtrl+,')
  return [
    ...(isMac ? [applicationMenu(settings)] : []),
    {
      label: '&File',
      submenu: [
        page(options, 'Back Up…', '/back-up', 'CmdOrCtrl+B'),
        page(options, 'Restore…', '/restore', 'CmdOrCtrl+Alt+R'),
        { type: 'separator' },
        { label: 'Look into a File…', accelerator: 'CmdOrCtrl+O', click: options.openFile },
        { type: 'separator' },
        ...(isMac ? [] : [settings, { type: 'separator' as const }]),
        { role: 'close' },
        ...(isMac ? [] : [{ role: 'quit' as const, accelerator: 'CmdOrCtrl+Q' }]),
      ],
    },
    { role: 'editMenu' },
    viewMenu(options),
    { role: 'windowMenu' },
    { role: 'help', submenu: [{ role: 'about' }] },
  ]
}

function applicationMenu(settings: MenuItemConstructorOptions): MenuItemConstructorOptions {
  return {
    role: 'appMenu',
    submenu: [
      { role: 'about' },
      { type: 'separator' },
      settings,
      { type: 'separator' },
      { role: 'services' },
      { type: 'separator' },
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      { type: 'separator' },
      { role: 'quit' },
    ],
  }
}

function viewMenu(options: MenuOptions): MenuItemConstructorOptions {
  const pages = [
    ['Overview', '/'],
    ['Backups', '/backups'],
    ['Compare', '/compare'],
    ['Connections', '/connections'],
    ['Destinations', '/destinations'],
    ['Activity', '/activity'],
  ] as const
  return {
    label: '&View',
    submenu: [
      ...pages.map(([label, route], index) => page(options, label, route, `CmdOrCtrl+${index + 1}`)),
      { type: 'separator' },
      { label: 'Appearance', submenu: (['system', 'light', 'dark'] as const).map((theme) => look(options, theme)) },
      { type: 'separator' },
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      { role: 'togglefullscreen' },
      ...(options.isDevelopment ? [{ role: 'reload' as const }, { role: 'toggleDevTools' as const }] : []),
    ],
  }
}

function page(options: MenuOptions, label: string, route: string, accelerator: string): MenuItemConstructorOptions {
  return { label, accelerator, click: () => options.navigate(route) }
}

const looks: Readonly<Record<Theme, string>> = { system: 'As the System', light: 'Light', dark: 'Dark' }

function look(options: MenuOptions, theme: Theme): MenuItemConstructorOptions {
  return {
    label: looks[theme],
    type: 'radio',
    checked: options.theme === theme,
    click: () => options.chooseTheme(theme),
  }
}
