import { useQuery } from '@tanstack/react-query'
import { AppError, RowsResult, type MethodInput } from '../../../preload/contract/index.ts'
import { call } from '../../lib/api.ts'

/**
 * Rows of a table inside a backup. What is in a backup does not change: they are read once, and not again when the
 * catalog has changed. Reading is stopped when nobody waits for it any more.
 */
export function useRows(request: MethodInput<'backups.rows'>) {
  return useQuery({
    queryKey: ['backups.rows', request],
    staleTime: 'static',
    retry: false,
    queryFn: async ({ signal }) => {
      const { jobId } = await call('backups.rows', request)
      const stop = () => void call('jobs.cancel', { job: jobId }).catch(() => undefined)
      if (signal.aborted) stop()
      signal.addEventListener('abort', stop)
      const { status } = await call('jobs.wait', { jobId })
      signal.removeEventListener('abort', stop)
      if (status.state === 'succeeded') return RowsResult.parse(status.result)
      if (status.state === 'failed') throw AppError.fromData(status.error)
      throw new AppError('CANCELLED', 'Reading the rows was stopped.', { retryable: true })
    },
  })
}
