import { AppError } from '../../preload/contract/index.ts'

/** The system's code of a failed file operation; null for any other error. */
export function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

/** Why a folder can't be read or made, for people. What is no failure of the system is thrown as it is. */
export function folderProblem(path: string, error: unknown): AppError {
  const detail = error instanceof Error ? error.message : String(error)
  switch (codeOf(error)) {
    case null:
      throw error
    case 'ENOENT':
      return new AppError('NOT_FOUND', `${path} is not there.`, { detail, remedy: 'Choose another folder.' })
    case 'EACCES':
    case 'EPERM':
      return new AppError('PERMISSION_DENIED', `${path} may not be used by this account.`, {
        detail,
        remedy: 'Choose another folder, or change its permissions.',
      })
    case 'EEXIST':
      return new AppError('ALREADY_EXISTS', `${path} is there already, and is not a folder.`, {
        remedy: 'Choose another name.',
      })
    case 'ENOSPC':
      return new AppError('NO_SPACE', `There is no space left for ${path}.`, { detail, remedy: 'Free some space.' })
    default:
      return new AppError('FAILED', `${path} can not be used.`, { detail, remedy: 'Choose another folder.' })
  }
}
