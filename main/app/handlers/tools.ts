import { statSync } from 'node:fs'
import { AppError, type Handlers, type ToolsReport } from '../../../preload/contract/index.ts'
import { findTools, forgetTools, toolPlaces, useToolFolders } from '../../tools/find-tools.ts'
import type { Core } from '../core.ts'

/** Programs of the vendors that Holdfast runs. */
export const vendorTools = ['pg_dump', 'pg_restore', 'psql'] as const

/** Which programs are there, and where they are looked for. */
export function toolHandlers(core: Core): Pick<Handlers, 'tools.list' | 'tools.setFolders'> {
  const { meta } = core.catalog
  return {
    'tools.list': () => report(meta.toolFolders),

    'tools.setFolders': async ({ folders }) => {
      if (core.host.kind === 'browser') {
        throw new AppError('USAGE', 'Where programs are looked for can not be set from a browser.', {
          remedy: 'Set it on the command line: `holdfast tools use <folder>`.',
        })
      }
      const paths = folders.map((folder) => core.paths.resolve(folder))
      for (const path of paths) assertFolder(path)
      meta.setToolFolders(paths)
      useToolFolders(paths)
      forgetTools()
      core.audit.write({ action: 'tools.folders', subject: 'tools', outcome: 'done', detail: { folders: paths } })
      return report(paths)
    },
  }
}

async function report(saved: readonly string[]): Promise<ToolsReport> {
  const { byHand } = toolPlaces(process.env)
  // A variable without any whole path names no folder.
  const isFromEnvironment = toolPlaces(process.env, process.platform, []).byHand.length > 0
  const searches = await Promise.all(vendorTools.map((name) => findTools(name)))
  return {
    from: byHand.length === 0 ? 'search' : isFromEnvironment ? 'environment' : 'settings',
    folders: [...byHand],
    saved: [...saved],
    tools: searches.map(({ name, found, rejected }) => ({
      name,
      found: found.map(({ path, version, flavour }) => ({ path, version, flavour })),
      rejected: rejected.map(({ path, why }) => ({ path, why })),
    })),
  }
}

function assertFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return
  throw new AppError('USAGE', `${path} is no folder.`, { remedy: 'Name the folder that holds the programs.' })
}
