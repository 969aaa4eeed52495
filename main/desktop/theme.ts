import type { Electron } from './electron.ts'
import type { DesktopState, Remembered } from './state.ts'

/** The look that was chosen: of the system, light, or dark. */
export type Theme = Remembered['theme']

/** Applies the remembered look to the window and to the system's dialogs alike. */
export function applyTheme({ nativeTheme }: Pick<Electron, 'nativeTheme'>, state: DesktopState): void {
  nativeTheme.themeSource = state.value.theme
}

/** Chooses a look, and remembers it. */
export function chooseTheme(electron: Pick<Electron, 'nativeTheme'>, state: DesktopState, theme: Theme): void {
  state.set({ theme })
  applyTheme(electron, state)
}
