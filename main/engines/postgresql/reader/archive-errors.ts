import { AppError } from '../../../../preload/contract/index.ts'

/** The bytes from `offset` on (in bytes from the archive's beginning) can't be an archive of `pg_dump`. */
export function formatInvalid(offset: number, why: string): AppError {
  return new AppError('FORMAT_INVALID', 'The file is not an intact archive of pg_dump.', {
    detail: `At byte ${offset}: ${why}.`,
    remedy: 'Use another copy or another backup; this one can not be restored.',
  })
}

/** The archive ends at `offset`, before it is whole. */
export function archiveIncomplete(offset: number, missing: string): AppError {
  return new AppError('DUMP_INCOMPLETE', 'The archive of pg_dump ends before it is complete.', {
    detail: `It ends at byte ${offset}; missing: ${missing}.`,
    remedy: 'Use another copy or another backup; for a new backup, run it again.',
  })
}

/** The archive is larger in some way than any that is read. */
export function archiveTooLarge(offset: number, what: string): AppError {
  return new AppError('TOO_LARGE', 'The table of contents of the archive is larger than what is read.', {
    detail: `At byte ${offset}: ${what}.`,
    remedy: 'Check where the file comes from; read it with pg_restore --list.',
  })
}
