import { dirname, join } from 'node:path'
import type { PickRequest } from '../../preload/contract/index.ts'
import type { Electron } from './electron.ts'
import type { DesktopState } from './state.ts'
import type { MainWindow } from './window.ts'

/** What the dialogs stand on. */
export interface DialogOptions {
  readonly electron: Pick<Electron, 'app' | 'dialog'>
  readonly window: Pick<MainWindow, 'current'>
  readonly state: DesktopState
}

/**
 * Opens the system's dialog over the window; null when the person chose nothing. It begins in the folder that was used
 * last for the same purpose, or else in the person's documents: Electron's own choice would be Downloads.
 */
export async function pickPath(options: DialogOptions, request: PickRequest): Promise<string | null> {
  const { electron, state } = options
  const folder = state.value.folders[request.purpose] ?? electron.app.getPath('documents')
  const chosen =
    request.purpose === 'save' ? await save(options, request, folder) : await open(options, request, folder)
  if (chosen === null) return null
  const used = request.purpose === 'folder' ? chosen : dirname(chosen)
  state.set({ folders: { ...state.value.folders, [request.purpose]: used } })
  return chosen
}

async function save(options: DialogOptions, request: PickRequest, folder: string): Promise<string | null> {
  const { dialog } = options.electron
  const settings = {
    title: request.title,
    defaultPath: request.suggestedName === null ? folder : join(folder, request.suggestedName),
  }
  const parent = options.window.current
  const answer = await (parent === null ? dialog.showSaveDialog(settings) : dialog.showSaveDialog(parent, settings))
  return answer.canceled || answer.filePath === '' ? null : answer.filePath
}

async function open(options: DialogOptions, request: PickRequest, folder: string): Promise<string | null> {
  const { dialog } = options.electron
  const settings: Electron.OpenDialogOptions = {
    title: request.title,
    defaultPath: folder,
    properties: request.purpose === 'folder' ? ['openDirectory', 'createDirectory'] : ['openFile'],
  }
  const parent = options.window.current
  const answer = await (parent === null ? dialog.showOpenDialog(settings) : dialog.showOpenDialog(parent, settings))
  return answer.canceled ? null : (answer.filePaths[0] ?? null)
}
