import type { Event } from 'electron'
import type { Electron } from './electron.ts'
import type { Quitting } from './quitting.ts'
import type { DesktopState } from './state.ts'
import type { MainWindow } from './window.ts'

/** What closing the window stands on. */
export interface ClosingOptions {
  readonly electron: Pick<Electron, 'dialog'>
  readonly hasTray: boolean
  readonly quitting: Pick<Quitting, 'isLeaving' | 'request'>
  readonly state: DesktopState
  readonly window: Pick<MainWindow, 'current' | 'hide'>
}

/**
 * Closing the window hides it where there is a tray, and says so once. Where there is none the person would lose sight
 * of the program, so closing asks whether to quit.
 */
export async function closeWindow(event: Pick<Event, 'preventDefault'>, options: ClosingOptions): Promise<void> {
  const { electron, hasTray, quitting, state, window } = options
  if (quitting.isLeaving) return
  event.preventDefault()
  if (!hasTray) return quitting.request({ alwaysAsk: true })
  const parent = window.current
  if (parent !== null && !state.value.isTrayExplained) {
    state.set({ isTrayExplained: true })
    await electron.dialog.showMessageBox(parent, {
      type: 'info',
      title: 'Holdfast',
      message: 'Holdfast stays in the tray.',
      detail:
        'Running jobs go on. Its icon, or starting Holdfast again, brings the window back; Quit in the menu ends it.',
      buttons: ['OK'],
    })
  }
  window.hide()
}
