import { useNavigate, useSearch } from '@tanstack/react-router'
import type { RestoreId } from '../../../preload/contract/index.ts'

/** What the address of one restore holds: what is being done with it, by which plan, in which job. */
export interface ResultSearch {
  readonly show?: 'undo' | 'finish' | undefined
  readonly plan?: string | undefined
  readonly job?: string | undefined
}

/** What is being done with a restore, and the way to change it. */
export function useResultSearch(restore: RestoreId) {
  const search: ResultSearch = useSearch({ from: '/restores/$restore' })
  const navigate = useNavigate()
  return {
    search,
    /** With `replace` Back skips what was there before: what was started is never started again. */
    go: (change: ResultSearch, options: { readonly replace?: boolean } = {}) =>
      void navigate({
        to: '/restores/$restore',
        params: { restore },
        search: change,
        replace: options.replace ?? true,
      }),
  }
}
