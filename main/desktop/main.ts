/** The desktop program. Only this file and the preload script load Electron. */
import { fileURLToPath } from 'node:url'
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  nativeTheme,
  Notification,
  powerMonitor,
  powerSaveBlocker,
  protocol,
  session,
  systemPreferences,
  Tray,
  utilityProcess,
} from 'electron'
import { openApplication } from '../app/application.ts'
import { jobEntry } from '../app/fork-job.ts'
import { homeFolder } from '../app/home.ts'
import { startDesktop } from './start.ts'

const electron = {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  nativeTheme,
  Notification,
  powerMonitor,
  powerSaveBlocker,
  protocol,
  session,
  systemPreferences,
  Tray,
  utilityProcess,
}

/** Beside this bundle: dist/main/desktop.js, dist/preload, dist/renderer, resources/icons. */
const beside = (path: string) => fileURLToPath(new URL(path, import.meta.url))

startDesktop(electron, {
  home: homeFolder(process.env),
  argv: process.argv,
  workingDirectory: process.cwd(),
  env: process.env,
  platform: process.platform,
  preload: beside('../preload/index.cjs'),
  rendererFolder: beside('../renderer'),
  jobEntry: jobEntry(),
  iconFolder: beside('../../resources/icons'),
  openApplication,
})
