import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, type Handlers } from '../../../preload/contract/index.ts'
import { isInsideHome } from '../../restore/home-files.ts'
import { browse, folderToUse, makeFolder, proposedFolder } from '../browse.ts'
import type { Core } from '../core.ts'
import { codeOf, folderProblem } from '../folder-errors.ts'

type PathHandlers = Pick<Handlers, 'paths.pick' | 'paths.browse' | 'paths.within' | 'paths.proposed'>

/** Files and folders that a person picks in a window. */
export function pathHandlers(core: Core): PathHandlers {
  const { host, paths } = core
  return {
    'paths.pick': async (request) => {
      if (host.pickPath === undefined) {
        throw new AppError('UNSUPPORTED', 'There are no dialogs of the system here.', {
          remedy: 'Look through the folders instead.',
        })
      }
      const path = await host.pickPath(request)
      return path === null ? null : paths.give(path)
    },

    'paths.browse': async ({ folder, show }) => {
      if (host.browseFolders === undefined) {
        throw new AppError('UNSUPPORTED', 'Folders are not looked through here.', {
          remedy: "Choose the path in the system's dialog.",
        })
      }
      return browse(core, folder === null ? null : paths.pathOf(folder), show)
    },

    'paths.within': async ({ folder, name, makeFolder: isMade }) => {
      assertPlainName(name)
      const path = join(await folderToUse(core, paths.pathOf(folder)), name)
      await assertNoLink(path)
      if (await isInsideHome(core.home, path)) {
        throw new AppError('USAGE', 'This file belongs to Holdfast itself.', { remedy: 'Choose another name.' })
      }
      if (isMade) await makeFolder(path)
      return paths.give(path)
    },

    'paths.proposed': () => Promise.resolve(paths.give(proposedFolder(core))),
  }
}

// eslint-disable-next-line no-control-regex -- control characters are what is refused here
const forbidden = process.platform === 'win32' ? /[\\/:*?"<>|\u0000-\u001f]|[. ]$/ : /[\\/\u0000-\u001f\u007f]/

function assertPlainName(name: string): void {
  if (!forbidden.test(name) && name !== '.' && name !== '..') return
  throw new AppError('USAGE', 'This is not the name of a file or folder.', {
    remedy: 'Use a name without slashes and control characters.',
  })
}

async function assertNoLink(path: string): Promise<void> {
  try {
    if (!(await lstat(path)).isSymbolicLink()) return
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw folderProblem(path, error)
  }
  throw new AppError('USAGE', `${path} is a link.`, { remedy: 'Choose the file or folder that it leads to.' })
}
