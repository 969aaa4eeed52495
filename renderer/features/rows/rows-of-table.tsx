import { useState } from 'react'
import { toAppError, type BackupDetail, type RowsResult } from '../../../preload/contract/index.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { Section } from '../../ui/box.tsx'
import { Button } from '../../ui/button.tsx'
import { Code } from '../../ui/code.tsx'
import { Checkbox, Select, TextField } from '../../ui/fields.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { conditionText } from './condition-text.ts'
import { useRows } from './use-rows.ts'

/** Which rows the address asks for. */
export interface RowsSearch {
  readonly table?: string | undefined
  readonly column?: string | undefined
  /** null: NULL. */
  readonly value?: string | null | undefined
}

const step = 100
/** More than a person reads; the command line has all of them. */
const most = 1_000

/** The rows of one table, read from the backup. Nothing is restored. */
export function RowsOfTable({
  backup,
  search,
  onSearch,
}: {
  readonly backup: Pick<BackupDetail, 'id' | 'contents'>
  readonly search: RowsSearch
  readonly onSearch: (search: RowsSearch) => void
}) {
  const { table = '', column, value } = search
  const [limit, setLimit] = useState(step)
  const where = column === undefined || value === undefined ? [] : [{ column, value }]
  const rows = useRows({ backup: backup.id, table, where, limit })
  const [before, setBefore] = useState<RowsResult | null>(null)
  const [asked, setAsked] = useState(JSON.stringify(where))
  if (asked !== JSON.stringify(where)) {
    setAsked(JSON.stringify(where))
    setBefore(null)
    setLimit(step)
  }
  if (rows.data !== undefined && rows.data !== before) setBefore(rows.data)
  const shown = rows.data ?? before
  const held = backup.contents.find(({ displayName, kind }) => displayName === table && kind === 'table')
  const columns = shown?.columns ?? held?.columns ?? []
  return (
    <Section
      title={table}
      note={
        held === undefined || held.rows === null
          ? 'read from the backup'
          : `${plural(held.rows, 'row')}, read from the backup`
      }
      actions={
        <Button size="sm" onPress={() => onSearch({ table: undefined, column: undefined, value: undefined })}>
          Close
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        <Filter
          key={`${column ?? ''} ${String(value)}`}
          columns={columns}
          search={search}
          onFilter={(chosen) => onSearch({ table, ...chosen })}
        />
        {rows.error === null ? null : (
          <ErrorNotice error={toAppError(rows.error)} word="Not read" onRetry={() => void rows.refetch()} />
        )}
        {shown === null ? null : <Rows table={table} result={shown} />}
        <div className="flex min-h-[30px] flex-wrap items-center gap-3 text-ink-2" aria-live="polite">
          {rows.isFetching ? <span role="status">Reading the backup…</span> : null}
          {shown === null || rows.isFetching ? null : <span>{countText(shown)}</span>}
          {shown?.more === true && limit < most ? (
            <Button size="sm" isPending={rows.isFetching} onPress={() => setLimit(limit + step)}>
              Next {step}
            </Button>
          ) : null}
          {shown?.more === true && limit >= most ? <span>The command line hands out all of them.</span> : null}
        </div>
        <Code label="the command for these rows">
          {cliCommand(['rows', backup.id, table], {
            where: where.map((condition) => conditionText(condition.column, condition.value)),
            limit,
          })}
        </Code>
      </div>
    </Section>
  )
}

function countText({ rows, more }: RowsResult): string {
  if (rows.length === 0) return 'No row is like that.'
  return more
    ? `The first ${formatCount(rows.length)} are shown; there are more.`
    : `${plural(rows.length, 'row')}, all of them.`
}

function Rows({ table, result }: { readonly table: string; readonly result: RowsResult }) {
  if (result.rows.length === 0) return null
  const numeric = result.columns.map((_, index) =>
    result.rows.every((row) => typeof row[index] !== 'string' || /^-?\d+(\.\d+)?$/.test(row[index])),
  )
  return (
    <div
      role="region"
      aria-label={`Rows of ${table}`}
      // A part that scrolls must be reachable with the keyboard.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="max-h-[460px] overflow-auto rounded-lg border border-line bg-surface"
    >
      <table className="w-full border-collapse text-left font-mono text-sm">
        <caption className="sr-only">Rows of {table}</caption>
        <thead>
          <tr>
            {result.columns.map((column, index) => (
              <th
                key={column}
                scope="col"
                className={`sticky top-0 border-b border-line bg-surface px-3 py-2 font-sans font-medium whitespace-nowrap text-ink-3 ${numeric[index] === true ? 'text-right' : ''}`}
              >
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {result.rows.map((row, number) => (
            // Rows of a table have no name of their own, and their order does not change.
            // oxlint-disable-next-line react/no-array-index-key
            <tr key={number} className="border-b border-line last:border-b-0">
              {row.map((field, index) => (
                <td
                  key={result.columns[index]}
                  className={`max-w-[420px] truncate px-3 py-1.5 whitespace-pre ${numeric[index] === true ? 'text-right' : ''}`}
                  title={field ?? 'NULL'}
                >
                  <Field value={field} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** NULL and the empty text never look alike, nor like the text "NULL". */
function Field({ value }: { readonly value: string | null }) {
  if (value === null) return <em className="rounded-sm bg-surface-2 px-1 font-sans text-ink-3">NULL</em>
  if (value === '') return <em className="font-sans text-ink-3">empty text</em>
  return value
}

function Filter({
  columns,
  search,
  onFilter,
}: {
  readonly columns: readonly string[]
  readonly search: RowsSearch
  readonly onFilter: (chosen: Pick<RowsSearch, 'column' | 'value'>) => void
}) {
  const [column, setColumn] = useState(search.column ?? '')
  const [value, setValue] = useState(search.value ?? '')
  const [isNull, setNull] = useState(search.value === null)
  const options = [{ value: '', label: 'Any column' }, ...columns.map((name) => ({ value: name, label: name }))]
  return (
    <form
      aria-label="Which rows"
      className="flex flex-wrap items-end gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (column !== '') onFilter({ column, value: isNull ? null : value })
      }}
    >
      <Select label="Column" value={column} options={options} onChange={setColumn} className="min-w-36" />
      {isNull ? null : <TextField label="is exactly" value={value} onChange={setValue} isCode className="w-44" />}
      <div className="flex h-[34px] items-center">
        <Checkbox isSelected={isNull} onChange={setNull}>
          is NULL
        </Checkbox>
      </div>
      <Button type="submit" isDisabled={column === ''}>
        Filter
      </Button>
      {column === '' ? <span className="self-center text-sm text-ink-3">Choose a column to filter by.</span> : null}
      {search.column === undefined ? null : (
        <Button variant="quiet" onPress={() => onFilter({ column: undefined, value: undefined })}>
          All rows
        </Button>
      )}
    </form>
  )
}
