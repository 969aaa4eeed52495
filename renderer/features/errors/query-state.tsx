import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { toAppError } from '../../../preload/contract/index.ts'
import { Loading } from '../../ui/page.tsx'
import { ErrorNotice } from './error-notice.tsx'

/** What was asked for: loading, failed with a way to ask again, or there. */
export function QueryState<T>({
  query,
  what,
  children,
}: {
  readonly query: UseQueryResult<T>
  /** For "Loading …": `the backups`. */
  readonly what: string
  readonly children: (data: T) => ReactNode
}) {
  if (query.data !== undefined) return children(query.data)
  if (query.error !== null) {
    return <ErrorNotice error={toAppError(query.error)} word="Not loaded" onRetry={() => void query.refetch()} />
  }
  return <Loading what={what} />
}
