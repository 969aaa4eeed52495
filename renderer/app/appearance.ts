import { create } from 'zustand'
import { z } from 'zod'

const Appearance = z.enum(['system', 'light', 'dark'])
/** Light, dark, or what the system says. */
export type Appearance = z.infer<typeof Appearance>

const storageKey = 'holdfast.appearance'
const prefersDark = window.matchMedia('(prefers-color-scheme: dark)')

/** The appearance that was chosen on this machine. */
export const useAppearance = create<{ readonly appearance: Appearance }>(() => ({ appearance: stored() }))

/** Shows the chosen appearance, now and when the system changes its own. To be called once, before anything is drawn. */
export function applyAppearance(): void {
  prefersDark.addEventListener('change', show)
  useAppearance.subscribe(show)
  show()
}

/** Chooses, shows and remembers. */
export function chooseAppearance(appearance: Appearance): void {
  localStorage.setItem(storageKey, appearance)
  useAppearance.setState({ appearance })
}

function stored(): Appearance {
  return Appearance.catch('system').parse(localStorage.getItem(storageKey) ?? 'system')
}

function show(): void {
  const { appearance } = useAppearance.getState()
  const isDark = appearance === 'dark' || (appearance === 'system' && prefersDark.matches)
  document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light'
}
