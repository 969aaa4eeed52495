import type { Handlers } from '../../../preload/contract/index.ts'
import { lintFile } from '../../backup/recognise-file.ts'
import { registries } from '../registries.ts'

/** Files that others made. */
export function fileHandlers(): Pick<Handlers, 'files.lint'> {
  return {
    'files.lint': async ({ path }) => {
      const { format, findings } = await lintFile(registries.engines, path, new AbortController().signal)
      return { format: format.id, findings: [...findings] }
    },
  }
}
