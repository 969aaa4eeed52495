import { AppError, type Blocker } from '../../../preload/contract/index.ts'
import { fileHolders } from './file-holders.ts'

const remedy = 'Close it, or restore with --mode in-place: programs that have the file open then see the restored rows.'

/** Why a file can't be exchanged: a program has it open, or nobody knows whether one has. null where nothing stands in the way. */
export async function holderBlocker(
  path: string,
  identity: string,
  disconnectOthers: boolean,
): Promise<Blocker | null> {
  const holders = await fileHolders(identity)
  if (holders === null) {
    if (disconnectOthers) return null
    return {
      code: 'DATABASE_BUSY',
      message: `This platform does not tell whether a program has ${path} open.`,
      remedy: 'Close every program that uses it and say so with --disconnect-others, or restore with --mode in-place.',
    }
  }
  if (holders.programs.length === 0) return null
  return { code: 'DATABASE_BUSY', message: `${path} is open in ${holders.programs.join(', ')}.`, remedy }
}

/** `DATABASE_BUSY` where `holderBlocker` finds one. */
export async function assertNobodyHas(path: string, identity: string, disconnectOthers: boolean): Promise<void> {
  const found = await holderBlocker(path, identity, disconnectOthers)
  if (found === null) return
  throw new AppError('DATABASE_BUSY', 'The database file is in use; it is not exchanged under a program.', {
    detail: found.message,
    remedy: found.remedy,
    retryable: true,
  })
}
