import { X } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { Connection } from '../../../preload/contract/index.ts'
import { useMethod } from '../../lib/api.ts'
import { formatCount } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox, Choices } from '../../ui/fields.tsx'
import { QueryState } from '../errors/query-state.tsx'
import type { BackUpAnswers } from './draft.ts'
import { choosablesOf } from './object-search.ts'
import { ObjectTable, type Names } from './object-table.tsx'

const mostNames = 12

/** Everything of a database, or parts of it; and tables whose rows are left out. */
export function ObjectsField({
  connection,
  answers,
  onChange,
}: {
  readonly connection: Connection
  readonly answers: BackUpAnswers
  readonly onChange: (changes: Partial<BackUpAnswers>) => void
}) {
  const { objects, chosen, rowless, content, database } = answers
  const [isRowless, setRowless] = useState(rowless.length > 0)
  const hasRowsToLeaveOut = content !== 'schema'
  const isOpen = objects !== 'all' || (isRowless && hasRowsToLeaveOut)
  const found = useMethod('connections.objects', { connection: connection.id, database }, { enabled: isOpen })
  const listed = useMemo(() => choosablesOf(found.data ?? []), [found.data])
  const chosenNames: Names | null =
    objects === 'all' ? null : { names: chosen, onChange: (names) => onChange({ chosen: [...names] }) }
  const rowlessNames: Names | null =
    hasRowsToLeaveOut && isRowless ? { names: rowless, onChange: (names) => onChange({ rowless: [...names] }) } : null
  return (
    <div className="flex flex-col gap-3">
      <Choices
        label="Which objects"
        value={objects}
        onChange={(value) => onChange({ objects: value })}
        options={[
          { value: 'all', label: 'Everything', note: 'The whole database. Only this protects all of it.' },
          {
            value: 'only',
            label: 'Only these',
            note: 'What you tick, and what it needs: tables that foreign keys refer to come along.',
          },
          {
            value: 'without',
            label: 'Without these',
            note: 'All but what you tick. If something that stays needs it, the backup does not restore alone, and says so.',
          },
        ]}
      />
      {hasRowsToLeaveOut ? (
        <Checkbox
          isSelected={isRowless}
          onChange={(isOn) => {
            setRowless(isOn)
            if (!isOn) onChange({ rowless: [] })
          }}
          description="For logs, sessions and caches: the table is restored empty."
        >
          Leave the rows of some tables out
        </Checkbox>
      ) : null}
      {isOpen ? (
        <>
          {chosenNames === null ? null : <Ticked label={words[objects]} {...chosenNames} />}
          {rowlessNames === null ? null : <Ticked label="Without rows" {...rowlessNames} />}
          <QueryState query={found} what="the objects of the database">
            {() => <ObjectTable objects={listed} word={words[objects]} chosen={chosenNames} rowless={rowlessNames} />}
          </QueryState>
        </>
      ) : null}
    </div>
  )
}

const words = { all: 'Everything', only: 'Only these', without: 'Without these' } as const

/** What was ticked so far, each with a way to take it back. */
function Ticked({ label, names, onChange }: Names & { readonly label: string }) {
  const rest = names.length - mostNames
  return (
    <div role="group" aria-label={`Ticked: ${label}`} className="flex flex-wrap items-center gap-1.5">
      <span className="text-sm font-medium text-ink-2">
        {label}: {names.length === 0 ? 'nothing yet' : formatCount(names.length)}
      </span>
      {names.slice(0, mostNames).map((name) => (
        <Button
          key={name}
          size="sm"
          aria-label={`Take back ${name}`}
          onPress={() => onChange(names.filter((each) => each !== name))}
        >
          <span className="font-mono">{name}</span>
          <X size={12} aria-hidden />
        </Button>
      ))}
      {rest > 0 ? <span className="text-sm text-ink-3">and {formatCount(rest)} more</span> : null}
      {names.length > 1 ? (
        <Button size="sm" variant="quiet" onPress={() => onChange([])}>
          Take all back
        </Button>
      ) : null}
    </div>
  )
}
