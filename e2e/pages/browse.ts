import type { Locator } from '@playwright/test'

/** Chooses a folder or file in the window's own dialog, step by step from where it begins. */
export async function browseTo(
  dialog: Locator,
  steps: readonly string[],
  submit: 'Open' | 'Use this folder',
): Promise<void> {
  for (const step of steps) await dialog.getByRole('button', { name: step }).click()
  await dialog.getByRole('button', { name: submit }).click()
}
