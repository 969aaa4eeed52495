import { useMemo, useState } from 'react'
import { formatCount, plural } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/fields.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { isPattern, matching, type Choosable } from './object-search.ts'

const step = 25
/** More are better said by a pattern. */
const mostAtOnce = 500

/** Names that are chosen, and the way to change them. */
export interface Names {
  readonly names: readonly string[]
  readonly onChange: (names: readonly string[]) => void
}

/** The objects of a database, found by name, with what can be ticked of each. Of many, the first that match are shown. */
export function ObjectTable({
  objects,
  word,
  chosen,
  rowless,
}: {
  readonly objects: readonly Choosable[]
  /** What a tick before the name means. */
  readonly word: string
  /** null: objects are not chosen. */
  readonly chosen: Names | null
  /** Tables whose rows are left out; null: not asked. */
  readonly rowless: Names | null
}) {
  const [text, setText] = useState('')
  const [shown, setShown] = useState(step)
  const isTablesAlone = chosen === null
  const offered = useMemo(
    () => (isTablesAlone ? objects.filter(({ hasRows }) => hasRows) : objects),
    [objects, isTablesAlone],
  )
  const found = useMemo(() => matching(offered, text), [offered, text])
  const picked = useMemo(() => new Set(chosen?.names), [chosen?.names])
  const empty = useMemo(() => new Set(rowless?.names), [rowless?.names])
  const rest = found.length - shown
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <SearchField
          label="Find objects, * for anything"
          value={text}
          onChange={(typed) => {
            setText(typed)
            setShown(step)
          }}
          className="w-[260px] max-w-full max-sm:w-full"
        />
        <span className="text-sm text-ink-3" role="status">
          {text.trim() === ''
            ? plural(found.length, 'object')
            : `${formatCount(found.length)} of ${formatCount(offered.length)} match`}
        </span>
        <Together text={text} found={found} names={chosen ?? rowless} />
      </div>
      {found.length === 0 ? (
        <p className="m-0 text-ink-2">
          {offered.length === 0 ? 'The database has nothing to choose from.' : 'No object has such a name.'}
        </p>
      ) : (
        <Table
          label="Objects of the database"
          columns={[
            { name: chosen === null ? 'Table' : word },
            { name: 'Kind' },
            { name: 'Rows', isNumber: true },
            ...(chosen === null || rowless === null ? [] : [{ name: 'Without rows' }]),
          ]}
        >
          {found.slice(0, shown).map(({ name, kind, rows, isEstimate, hasRows }) => (
            <tr key={`${kind} ${name}`}>
              <Cell isHead isWrapped>
                <Tick names={chosen ?? rowless} isOn={(chosen === null ? empty : picked).has(name)} name={name}>
                  <span className="inline-block min-w-36 font-mono text-sm wrap-anywhere">{name}</span>
                </Tick>
              </Cell>
              <Cell>
                <span className="text-ink-2">{kind}</span>
              </Cell>
              <Cell isNumber>{rows === null ? '' : `${isEstimate ? 'about ' : ''}${formatCount(rows)}`}</Cell>
              {chosen === null || rowless === null ? null : (
                <Cell>
                  {hasRows ? (
                    <Tick names={rowless} isOn={empty.has(name)} name={name}>
                      <span className="sr-only">{name} without its rows</span>
                    </Tick>
                  ) : null}
                </Cell>
              )}
            </tr>
          ))}
        </Table>
      )}
      {rest > 0 ? (
        <div className="flex flex-wrap items-center gap-2">
          <Button size="sm" onPress={() => setShown(shown + 4 * step)}>
            Show {formatCount(Math.min(rest, 4 * step))} more
          </Button>
          <span className="text-sm text-ink-3">{formatCount(rest)} more; typing finds them sooner.</span>
        </div>
      ) : null}
    </div>
  )
}

function Tick({
  names,
  isOn,
  name,
  children,
}: {
  readonly names: Names | null
  readonly isOn: boolean
  readonly name: string
  readonly children: React.ReactNode
}) {
  return (
    <Checkbox
      isSelected={isOn}
      onChange={(isTicked) =>
        names?.onChange(isTicked ? [...names.names, name] : names.names.filter((each) => each !== name))
      }
    >
      {children}
    </Checkbox>
  )
}

/** All that was found, at once: each by its name, or as the pattern that was typed. */
function Together({
  text,
  found,
  names,
}: {
  readonly text: string
  readonly found: readonly Choosable[]
  readonly names: Names | null
}) {
  if (names === null || text.trim() === '' || found.length === 0) return null
  const add = (more: readonly string[]) => names.onChange([...new Set([...names.names, ...more])])
  if (isPattern(text)) {
    return (
      <Button size="sm" onPress={() => add([text.trim()])}>
        Tick the pattern {text.trim()}
      </Button>
    )
  }
  if (found.length > mostAtOnce) return null
  return (
    <Button size="sm" onPress={() => add(found.map(({ name }) => name))}>
      Tick {found.length === 1 ? 'it' : `all ${formatCount(found.length)}`}
    </Button>
  )
}
