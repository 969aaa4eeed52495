import type { Electron } from './electron.ts'

/** What the person in front of the machine was asked, and said. */
export type Presence = 'confirmed' | 'refused' | 'not-asked'

/** Asks for a finger where this machine has Touch ID (macOS alone); `not-asked` where it has none. `reason` follows "Holdfast wants to". */
export async function confirmPresence(
  { systemPreferences }: Pick<Electron, 'systemPreferences'>,
  reason: string,
): Promise<Presence> {
  // On other systems Electron doesn't have these at all.
  const { canPromptTouchID, promptTouchID } = systemPreferences as Partial<typeof systemPreferences>
  if (promptTouchID === undefined || canPromptTouchID?.call(systemPreferences) !== true) return 'not-asked'
  try {
    await promptTouchID.call(systemPreferences, reason)
    return 'confirmed'
  } catch {
    // Electron says in one way that it was cancelled, that it failed and that the finger was another's.
    return 'refused'
  }
}
