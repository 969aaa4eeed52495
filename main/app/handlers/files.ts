import type { Handlers } from '../../../preload/contract/index.ts'
import { lintFile } from '../../backup/recognise-file.ts'
import type { Core } from '../core.ts'
import { registries } from '../registries.ts'

/** Files that others made. */
export function fileHandlers({ paths }: Core): Pick<Handlers, 'files.lint'> {
  return {
    'files.lint': async ({ path }) => {
      const { format, findings } = await lintFile(registries.engines, paths.resolve(path), new AbortController().signal)
      return { format: format.id, findings: [...findings] }
    },
  }
}
