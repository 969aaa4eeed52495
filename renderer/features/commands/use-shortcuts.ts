import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'

/** What can be reached with a key from everywhere. Shown in the shortcut sheet. */
export const shortcuts: readonly { readonly keys: string; readonly does: string; readonly href?: string }[] = [
  { keys: 'Mod+K', does: 'Find a page, a database or a command' },
  { keys: '?', does: 'Show these shortcuts' },
  { keys: 'Mod+B', does: 'Back up', href: '/back-up' },
  { keys: 'Mod+Alt+R', does: 'Restore', href: '/restore' },
  { keys: 'Mod+,', does: 'Settings', href: '/settings' },
  { keys: 'Mod+Alt+1', does: 'Overview', href: '/' },
  { keys: 'Mod+Alt+2', does: 'Backups', href: '/backups' },
  { keys: 'Mod+Alt+3', does: 'Activity', href: '/activity' },
]

/** Listens for the shortcuts. `?` counts only where nobody types. */
export function useShortcuts({
  openPalette,
  openSheet,
}: {
  readonly openPalette: () => void
  readonly openSheet: () => void
}): void {
  const navigate = useNavigate()
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return
      const pressed = shortcuts.find(({ keys }) => isPressed(keys, event))
      if (pressed === undefined) return
      if (pressed.keys === '?' && isTyping(event.target)) return
      event.preventDefault()
      if (pressed.href !== undefined) void navigate({ href: pressed.href })
      else if (pressed.keys === '?') openSheet()
      else openPalette()
    }
    document.addEventListener('keydown', listener)
    return () => document.removeEventListener('keydown', listener)
  }, [navigate, openPalette, openSheet])
}

function isPressed(keys: string, event: KeyboardEvent): boolean {
  const parts = keys.split('+')
  const key = parts.at(-1) ?? ''
  const isMod = event.ctrlKey || event.metaKey
  if (isMod !== parts.includes('Mod') || event.altKey !== parts.includes('Alt')) return false
  // `?` needs Shift on many keyboards and not on all.
  if (key !== '?' && event.shiftKey !== parts.includes('Shift')) return false
  return event.key.toLowerCase() === key.toLowerCase() || event.code === `Digit${key}`
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}
