import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The path of Electron's runtime, or null where it was not fetched. It is looked for by its file: asking the package
 * would start a download, which behind a mirror that doesn't answer takes minutes.
 */
export function electronRuntime(env: Environment): string | null {
  const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'))
  const chosen = env['ELECTRON_OVERRIDE_DIST_PATH'] ?? ''
  const named = join(folder, 'path.txt')
  const program = existsSync(named) ? readFileSync(named, 'utf8') : 'electron'
  const path = join(chosen === '' ? join(folder, 'dist') : chosen, program)
  return existsSync(path) ? path : null
}

/** Whether something can be shown to the person: windows, and the default browser. */
export function hasDisplay(env: Environment, platform: NodeJS.Platform): boolean {
  if (platform === 'win32') return true
  if (platform === 'darwin') return (env['SSH_CONNECTION'] ?? '') === ''
  return [env['DISPLAY'], env['WAYLAND_DISPLAY']].some((name) => name !== undefined && name !== '')
}
