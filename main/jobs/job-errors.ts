import { AppError } from '../../preload/contract/index.ts'

/** The reason of an abort that a person asked for. */
export function cancelled(): AppError {
  return new AppError('CANCELLED', 'The job was cancelled.')
}

/** The reason of an abort by the watchdog. */
export function stalled(stallAfterMs: number): AppError {
  const seconds = Math.round(stallAfterMs / 1000)
  const time = seconds < 120 ? `${String(seconds)} seconds` : `${String(Math.round(seconds / 60))} minutes`
  return new AppError('STALLED', `Nothing has moved for ${time}.`, {
    remedy: 'Check whether the server or destination answers, then start it again.',
    retryable: true,
  })
}

/** What the exit of a job process says that said nothing itself. */
export function exitError(code: number | null, signal: string | null): AppError {
  if (signal !== null) {
    return new AppError('INTERRUPTED', 'The job process was ended from outside.', {
      detail: `signal ${signal}`,
      remedy: 'Perhaps the machine ran out of memory. Start it again.',
      retryable: true,
    })
  }
  return new AppError('INTERNAL', 'The job process ended without saying why.', {
    detail: `exit code ${code ?? 'unknown'}`,
    remedy: '`holdfast jobs log latest` shows how far it came.',
  })
}
