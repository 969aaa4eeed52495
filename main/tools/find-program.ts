import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

/**
 * The absolute path of a program: its own where it is absolute, otherwise the first executable file of that name in PATH's absolute
 * folders; null where there is none. Nothing is run to find it out.
 */
export function findProgram(
  name: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string | null {
  if (isAbsolute(name)) return name
  if (name === '' || /[/\\]/.test(name)) return null
  const folders = (environment['PATH'] ?? environment['Path'] ?? '').split(delimiter).filter((path) => isAbsolute(path))
  const names = platform === 'win32' && !/\.(exe|com)$/i.test(name) ? [`${name}.exe`, `${name}.com`] : [name]
  return folders.flatMap((folder) => names.map((each) => join(folder, each))).find(isExecutable) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false
    throw error
  }
}
