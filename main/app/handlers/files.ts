import type { Handlers } from '../../../preload/contract/index.ts'
import { findDumps } from '../../backup/find-dumps.ts'
import { lintFile } from '../../backup/recognise-file.ts'
import type { Core } from '../core.ts'
import { registries } from '../registries.ts'

/** Files that others made. */
export function fileHandlers({ paths, home }: Core): Pick<Handlers, 'files.lint' | 'files.findDumps'> {
  return {
    'files.findDumps': ({ folder, depth, entries }) =>
      findDumps(registries.engines, paths.resolve(folder), { depth, entries }, home, new AbortController().signal),

    'files.lint': async ({ path }) => {
      const { format, findings } = await lintFile(registries.engines, paths.resolve(path), new AbortController().signal)
      return { format: format.id, findings: [...findings] }
    },
  }
}
