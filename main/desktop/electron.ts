import type * as Everything from 'electron'

/** What this host needs of Electron. It is handed in, so that each rule can be tried without the runtime. */
export type Electron = Pick<
  typeof Everything,
  | 'app'
  | 'BrowserWindow'
  | 'dialog'
  | 'ipcMain'
  | 'Menu'
  | 'nativeTheme'
  | 'Notification'
  | 'powerMonitor'
  | 'powerSaveBlocker'
  | 'protocol'
  | 'session'
  | 'systemPreferences'
  | 'Tray'
  | 'utilityProcess'
>
