import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp, MoreHorizontal } from 'lucide-react'
import {
  memo,
  useCallback,
  useEffect,
  useId,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
} from 'react'
import { Button as AriaButton, Popover } from 'react-aria-components'
import { cx } from '../lib/class-names.ts'
import { movedTo } from './grid-keys.ts'
import { ActionMenu, type MenuAction } from './menu.tsx'

/** A column of a `VirtualGrid`. */
export interface GridColumn<T> {
  readonly id: string
  readonly name: string
  /** A track of CSS grid: `120px`, `minmax(160px, 2fr)`. */
  readonly track: string
  readonly isNumber?: boolean
  readonly isSortable?: boolean
  readonly cell: (row: T) => ReactNode
}

interface GridSort {
  readonly by: string
  readonly descending: boolean
}

interface Props<T> {
  readonly label: string
  readonly columns: readonly GridColumn<T>[]
  readonly count: number
  /** null: not here yet. Its place has the height that it will have. */
  readonly rowAt: (index: number) => T | null
  /** What the row is called, for its menu and for screen readers. */
  readonly nameOf: (row: T) => string
  readonly rowHeightPx: number
  readonly onOpen: (row: T) => void
  readonly menuOf: (row: T) => readonly MenuAction[]
  /** The rows that are on the screen have changed. */
  readonly onRange: (first: number, last: number) => void
  readonly sort: GridSort
  readonly onSort: (by: string) => void
  /** Without a visible header, for narrow screens. */
  readonly isHeadHidden?: boolean
  /** Where it is another list, the first row is shown again. */
  readonly listKey: string
}

const headHeightPx = 36
const overscan = 8

/**
 * A table of any number of rows, of which only those on the screen are in the document. One tab stop: arrows, Page Up and
 * Down, Home and End move, Enter opens, the menu key or Shift+F10 opens the row's menu.
 */
export function VirtualGrid<T>(props: Props<T>) {
  const { label, columns, count, rowAt, nameOf, rowHeightPx, onOpen, menuOf, onRange, listKey } = props
  const isHeadHidden = props.isHeadHidden ?? false
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState(-1)
  const [menuAt, setMenuAt] = useState<number | null>(null)
  const menuButton = useRef<HTMLButtonElement | null>(null)
  const headPx = isHeadHidden ? 0 : headHeightPx
  // It keeps what it measures outside of React: what is made of it is not memoised here.
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    overscan,
    scrollMargin: headPx,
    scrollPaddingStart: headPx,
    // What the keyboard is at stays in the document: the screen reader is told its id.
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range)
      if (active < 0 || active >= count || shown.includes(active)) return shown
      return active < (shown[0] ?? 0) ? [active, ...shown] : [...shown, active]
    },
  })
  const items = virtualizer.getVirtualItems()
  const first = virtualizer.range?.startIndex ?? 0
  const last = virtualizer.range?.endIndex ?? 0
  useEffect(() => onRange(first, last), [first, last, onRange])
  useEffect(() => {
    setActive(-1)
    scroller.current?.scrollTo({ top: 0 })
  }, [listKey])
  useEffect(() => virtualizer.measure(), [rowHeightPx, virtualizer])

  const openMenu = useCallback((index: number) => {
    const found = scroller.current?.querySelector<HTMLButtonElement>(`[data-menu="${String(index)}"]`) ?? null
    if (found === null) return
    menuButton.current = found
    setActive(index)
    setMenuAt(index)
  }, [])
  const press = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return
    const row = active >= 0 ? rowAt(active) : null
    if (event.key === 'Enter' && row !== null) onOpen(row)
    else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) openMenu(active)
    else {
      const rowsPerPage = Math.max(1, Math.floor((event.currentTarget.clientHeight - headPx) / rowHeightPx) - 1)
      const target = movedTo(event.key, active, count, rowsPerPage)
      if (target === null) return
      setActive(target)
      virtualizer.scrollToIndex(target)
    }
    event.preventDefault()
  }
  const menuRow = menuAt === null ? null : rowAt(menuAt)
  const template = [...columns.map(({ track }) => track), '40px'].join(' ')
  return (
    <>
      <div
        ref={scroller}
        role="grid"
        aria-label={label}
        aria-rowcount={count + 1}
        aria-colcount={columns.length + 1}
        tabIndex={0}
        {...(active >= 0 && active < count ? { 'aria-activedescendant': rowId(id, active) } : {})}
        onKeyDown={press}
        className="group max-h-full overflow-auto rounded-lg border border-line bg-surface -outline-offset-2"
        style={{ '--tracks': template } as CSSProperties}
      >
        <Head {...props} isHeadHidden={isHeadHidden} />
        <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {items.map(({ index, start }) => (
            <Row
              key={index}
              id={rowId(id, index)}
              index={index}
              topPx={start - headPx}
              heightPx={rowHeightPx}
              row={rowAt(index)}
              columns={columns}
              nameOf={nameOf}
              isActive={index === active}
              isMenuOpen={index === menuAt}
              onOpen={onOpen}
              onMenu={openMenu}
            />
          ))}
        </div>
      </div>
      <Popover
        triggerRef={menuButton}
        aria-label="Menu of the row"
        isOpen={menuRow !== null}
        placement="bottom end"
        onOpenChange={(isOpen) => {
          if (!isOpen) setMenuAt(null)
        }}
        className="min-w-44 rounded-md border border-line-strong bg-surface p-1 shadow-lg"
      >
        {menuRow === null ? null : (
          <ActionMenu
            label={`What to do with ${nameOf(menuRow)}`}
            actions={menuOf(menuRow)}
            onClose={() => setMenuAt(null)}
          />
        )}
      </Popover>
    </>
  )
}

function rowId(grid: string, index: number): string {
  return `${grid}row${String(index)}`
}

const cellStyle = 'flex min-w-0 items-center px-2.5'

function Head<T>({ columns, sort, onSort, isHeadHidden }: Props<T>) {
  return (
    <div role="rowgroup" className={cx(isHeadHidden === true ? 'sr-only' : 'sticky top-0 z-10')}>
      <div
        role="row"
        aria-rowindex={1}
        className="grid h-9 grid-cols-(--tracks) border-b border-line bg-surface text-sm font-medium text-ink-3"
      >
        {columns.map(({ id, name, isNumber, isSortable }) => {
          const isSorted = sort.by === id
          const Arrow = sort.descending ? ArrowDown : ArrowUp
          return (
            <div
              key={id}
              role="columnheader"
              {...(isSortable === true
                ? { 'aria-sort': isSorted ? (sort.descending ? 'descending' : 'ascending') : 'none' }
                : {})}
              className={cx(cellStyle, isNumber === true && 'justify-end')}
            >
              {isSortable === true && isHeadHidden !== true ? (
                <AriaButton
                  onPress={() => onSort(id)}
                  className={cx(
                    'focus-ring -mx-1 inline-flex h-6 min-w-6 cursor-default items-center gap-1 rounded-sm px-1 data-[hovered]:text-ink',
                    isSorted && 'text-ink',
                  )}
                >
                  {name}
                  {isSorted ? <Arrow size={12} aria-hidden /> : null}
                </AriaButton>
              ) : (
                name
              )}
            </div>
          )
        })}
        <div role="columnheader" className={cellStyle}>
          <span className="sr-only">Menu</span>
        </div>
      </div>
    </div>
  )
}

interface RowProps<T> {
  readonly id: string
  readonly index: number
  readonly topPx: number
  readonly heightPx: number
  readonly row: T | null
  readonly columns: readonly GridColumn<T>[]
  readonly nameOf: (row: T) => string
  readonly isActive: boolean
  readonly isMenuOpen: boolean
  readonly onOpen: (row: T) => void
  readonly onMenu: (index: number) => void
}

function PlainRow<T>(props: RowProps<T>) {
  const { id, index, topPx, heightPx, row, columns, nameOf, isActive, isMenuOpen, onOpen, onMenu } = props
  return (
    // The keyboard is listened to by the grid, which has the focus.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      role="row"
      id={id}
      aria-rowindex={index + 2}
      aria-selected={isActive}
      aria-busy={row === null}
      onClick={() => {
        if (row !== null) onOpen(row)
      }}
      onContextMenu={(event) => {
        if (row === null) return
        event.preventDefault()
        onMenu(index)
      }}
      className={cx(
        'absolute inset-x-0 top-0 grid cursor-default grid-cols-(--tracks) border-b border-line contain-strict hover:bg-surface-2',
        isActive &&
          'bg-accent-soft hover:bg-accent-soft forced-colors:outline-2 forced-colors:-outline-offset-2 forced-colors:outline-[Highlight] forced-colors:outline-solid',
      )}
      style={{ height: heightPx, transform: `translateY(${String(topPx)}px)` }}
    >
      {columns.map(({ id: column, isNumber, cell }) => (
        <div
          key={column}
          role="gridcell"
          className={cx(cellStyle, isNumber === true && 'justify-end text-right tabular-nums')}
        >
          {row === null ? <span aria-hidden className="h-2.5 w-3/5 rounded-full bg-surface-2" /> : cell(row)}
        </div>
      ))}
      <div role="gridcell" className="flex items-center justify-center">
        {row === null ? null : (
          <button
            type="button"
            tabIndex={-1}
            data-menu={index}
            aria-label={`What to do with ${nameOf(row)}`}
            aria-haspopup="menu"
            aria-expanded={isMenuOpen}
            onClick={(event) => {
              event.stopPropagation()
              onMenu(index)
            }}
            className="grid size-7 cursor-default place-items-center rounded-md text-ink-2 hover:bg-line hover:text-ink"
          >
            <MoreHorizontal size={16} aria-hidden />
          </button>
        )}
      </div>
    </div>
  )
}

const Row = memo(PlainRow) as typeof PlainRow
