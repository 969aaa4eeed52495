import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import type { BackupRow, BackupSort } from '../../../preload/contract/index.ts'
import { call } from '../../lib/api.ts'
import type { Filter } from './list-search.ts'

const pageRows = 100
/** A list that is dragged past is not asked for. */
const restMs = 70

/** The part of the list that is looked at, fetched in pages as they come into view. */
export function useBackupPages(filter: Filter, sort: BackupSort) {
  const [pages, setPages] = useState<readonly number[]>([0])
  const [range, setRange] = useState<readonly [first: number, last: number]>([0, 0])
  const [first, last] = range
  useEffect(() => {
    const timer = setTimeout(() => {
      const from = Math.floor(first / pageRows)
      const to = Math.floor(last / pageRows)
      setPages(Array.from({ length: to - from + 1 }, (_, index) => from + index))
    }, restMs)
    return () => clearTimeout(timer)
  }, [first, last])

  const options = (page: number) => {
    const input = { filter, sort, offset: page * pageRows, limit: pageRows }
    return { queryKey: ['backups.page', input], queryFn: () => call('backups.page', input) }
  }
  // The first page says how many there are; while another list is on its way, how many there were.
  const head = useQuery({ ...options(0), placeholderData: keepPreviousData })
  const loaded = useQueries({
    queries: pages.map(options),
    combine: (results) => ({
      rows: new Map(results.flatMap(({ data }, index) => (data === undefined ? [] : [[pages[index] ?? 0, data.rows]]))),
      error: results.find(({ error }) => error !== null)?.error ?? null,
    }),
  })
  const { rows } = loaded
  const headRows = head.isPlaceholderData ? null : (head.data?.rows ?? null)
  const rowAt = useCallback(
    (index: number): BackupRow | null => {
      const page = Math.floor(index / pageRows)
      return (rows.get(page) ?? (page === 0 ? headRows : null))?.[index % pageRows] ?? null
    },
    [rows, headRows],
  )
  const sizes = useMemo(
    () => [...rows.values(), headRows ?? []].flat().map((row) => row.artifactBytes),
    [rows, headRows],
  )
  return {
    head,
    total: head.data?.total ?? null,
    rowAt,
    /** Sizes that are here, for the unit of their column. */
    sizes,
    error: loaded.error,
    onRange: useCallback((from: number, to: number) => setRange([from, to]), []),
  }
}
