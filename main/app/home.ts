import { resolve } from 'node:path'
import envPaths from 'env-paths'

/** The folder of this installation's data: `HOLDFAST_HOME`, or the platform's application-data folder. Absolute. */
export function homeFolder(env: Readonly<Record<string, string | undefined>>): string {
  const chosen = env['HOLDFAST_HOME']
  if (chosen !== undefined && chosen !== '') return resolve(chosen)
  return envPaths('Holdfast', { suffix: '' }).data
}
