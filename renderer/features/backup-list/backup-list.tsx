import { useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo, useRef, useState } from 'react'
import { toAppError, type BackupRow } from '../../../preload/contract/index.ts'
import { formatCount, formatMoment, sameUnit } from '../../lib/format.ts'
import { Button, LinkButton } from '../../ui/button.tsx'
import { Empty } from '../../ui/page.tsx'
import { useWidth } from '../../ui/use-width.ts'
import { VirtualGrid } from '../../ui/virtual-grid.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { columnsFor, narrowPx } from './backup-cells.tsx'
import { BackupFilters, unfiltered } from './backup-filters.tsx'
import { DeleteManyDialog, mostDeleted } from './delete-many-dialog.tsx'
import { ListSentence } from './list-sentence.tsx'
import { filterOf, isNarrowed, sortedBy, sortOf, type ListSearch } from './list-search.ts'
import { useBackupDialogs } from './use-backup-dialogs.tsx'
import { useBackupPages } from './use-backup-pages.ts'

/** How many places are held while the first page is on its way. */
const placeholders = 12
const rowHeightPx = 48
const nameOf = (row: BackupRow) => `${row.connection}, ${formatMoment(row.startedAt, Date.now())}`

/** All backups, or those that a filter leaves. */
export function BackupList({
  search,
  onSearch,
}: {
  readonly search: ListSearch
  /** What changes in the address. */
  readonly onSearch: (change: ListSearch) => void
}) {
  const navigate = useNavigate()
  // An age counts from when the list was opened: it stays one list.
  const [openedAt] = useState(() => Date.now())
  const filter = filterOf(search, openedAt)
  const sort = sortOf(search.sort)
  const narrowed = isNarrowed(filter)
  const list = useBackupPages(filter, sort)
  const { menuOf, dialogs } = useBackupDialogs()
  const frame = useRef<HTMLDivElement>(null)
  const widthPx = useWidth(frame)
  const formatSize = useMemo(() => sameUnit(list.sizes), [list.sizes])
  const columns = useMemo(() => columnsFor(widthPx ?? 0, formatSize), [widthPx, formatSize])
  const open = useCallback((row: BackupRow) => void navigate({ href: `/backups/${row.id}` }), [navigate])
  const { total, head } = list
  const [isDeleting, setDeleting] = useState(false)
  const failure = head.error ?? list.error
  return (
    <>
      <ListSentence matching={narrowed ? total : null} />
      <BackupFilters
        search={search}
        isNarrowed={narrowed}
        onChange={onSearch}
        actions={
          narrowed && total !== null && total > 0 && total <= mostDeleted ? (
            <Button variant="quiet" onPress={() => setDeleting(true)}>
              Delete {total === 1 ? 'this one' : `these ${formatCount(total)}`}…
            </Button>
          ) : null
        }
      />
      {isDeleting ? <DeleteManyDialog filter={filter} sort={sort} onClose={() => setDeleting(false)} /> : null}
      {dialogs}
      {failure === null ? null : (
        <ErrorNotice error={toAppError(failure)} word="Not loaded" onRetry={() => void head.refetch()} />
      )}
      {total === 0 && !narrowed ? <NoBackups /> : null}
      {total === 0 && narrowed ? (
        <Empty
          title="No backup matches."
          actions={<Button onPress={() => onSearch(unfiltered)}>Clear the filter</Button>}
        >
          Names of databases and tables, descriptions and ids are looked through.
        </Empty>
      ) : null}
      <div ref={frame} className={total === 0 || failure !== null ? 'h-0' : 'relative min-h-[420px] flex-1'}>
        {total === 0 || failure !== null || widthPx === null ? null : (
          <div className="absolute inset-0">
            <VirtualGrid
              label="Backups"
              listKey={JSON.stringify([filter, sort])}
              columns={columns}
              count={total ?? placeholders}
              rowAt={list.rowAt}
              nameOf={nameOf}
              rowHeightPx={rowHeightPx}
              isHeadHidden={widthPx < narrowPx}
              onOpen={open}
              menuOf={menuOf}
              onRange={list.onRange}
              sort={sort}
              onSort={(by) => onSearch({ sort: sortedBy(sort, by) })}
            />
          </div>
        )}
      </div>
    </>
  )
}

function NoBackups() {
  return (
    <Empty
      title="There is no backup yet."
      actions={
        <>
          <LinkButton href="/back-up" variant="primary">
            Back up…
          </LinkButton>
          <LinkButton href="/inspect">Import a dump file…</LinkButton>
        </>
      }
    >
      Every backup that is taken, imported or found at a destination is listed here, with what it holds and how far it
      can be trusted.
    </Empty>
  )
}
