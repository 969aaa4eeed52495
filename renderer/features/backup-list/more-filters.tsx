import { useState } from 'react'
import { BackupKind, BackupState, EngineId, Trigger } from '../../../preload/contract/index.ts'
import { useMethod } from '../../lib/api.ts'
import { TextField } from '../../ui/fields.tsx'
import { Toggle } from '../../ui/toggle.tsx'
import { engineNames } from '../words/words.tsx'
import { kindNames, triggerNames } from './backup-words.ts'
import { AnyOf, named, TextFilter } from './filter-fields.tsx'
import { isDay, type ListSearch } from './list-search.ts'

const stateNames = { complete: 'Complete', failed: 'Failed' } as const
const ages = [1, 7, 30, 90, 180, 365]

/** How many of the filters behind the disclosure are set. */
export function howManyHidden(search: ListSearch): number {
  const { kind, state, engine, trigger, pinned, database, destination, format, by, from, to, days } = search
  const all = [kind, state, engine, trigger, pinned, database, destination, format, by, from, to, days]
  return all.filter((each) => each !== undefined).length
}

/** Filters that are needed less often. */
export function MoreFilters({
  search,
  onChange,
}: {
  readonly search: ListSearch
  readonly onChange: (change: ListSearch) => void
}) {
  const destinations = useMethod('destinations.list', {})
  const engines = useMethod('engines.list', {})
  const { kind, state, engine, trigger, pinned, database, destination, format, by, days } = search
  const places = (destinations.data ?? []).map(({ id, name }) => ({ value: id as string, label: name }))
  const formats = (engines.data ?? []).flatMap((each) => each.formats.map(({ id, label }) => ({ value: id, label })))
  return (
    <div className="flex flex-wrap items-end gap-2">
      <AnyOf
        label="State"
        any="Any state"
        value={state}
        options={named(BackupState.options, stateNames)}
        onChange={(value) => onChange({ state: value })}
      />
      <AnyOf
        label="Kind"
        any="Any kind"
        value={kind}
        options={named(BackupKind.options, kindNames)}
        onChange={(value) => onChange({ kind: value })}
      />
      <AnyOf
        label="Trigger"
        any="Any trigger"
        value={trigger}
        options={named(Trigger.options, triggerNames)}
        onChange={(value) => onChange({ trigger: value })}
      />
      <AnyOf
        label="Engine"
        any="Any engine"
        value={engine}
        options={named(EngineId.options, engineNames)}
        onChange={(value) => onChange({ engine: value })}
      />
      <AnyOf
        label="Format"
        any="Any format"
        value={format}
        options={withOther(formats, format)}
        onChange={(value) => onChange({ format: value })}
      />
      <AnyOf
        label="Destination"
        any="Any destination"
        value={destination}
        options={withOther(places, destination)}
        onChange={(value) => onChange({ destination: value })}
      />
      <TextFilter
        isShort
        label="Exact database"
        value={database ?? ''}
        onChange={(text) => onChange({ database: text === '' ? undefined : text })}
      />
      <TextFilter
        isShort
        label="Created by"
        value={by ?? ''}
        onChange={(text) => onChange({ by: text === '' ? undefined : text })}
      />
      <AnyOf
        label="Age"
        any="Any age"
        value={days === undefined ? undefined : String(days)}
        options={withOther(
          ages.map((each) => ({ value: String(each), label: ageWord(each) })),
          days === undefined ? undefined : String(days),
          (value) => ageWord(Number(value)),
        )}
        onChange={(value) => onChange({ days: value === undefined ? undefined : Number(value) })}
      />
      <Day label="Taken from" value={search.from} onChange={(from) => onChange({ from })} />
      <Day label="Taken until" value={search.to} onChange={(to) => onChange({ to })} />
      <Toggle isOn={pinned === true} onChange={(isOn) => onChange({ pinned: isOn ? true : undefined })}>
        Pinned
      </Toggle>
    </div>
  )
}

function ageWord(days: number): string {
  return days === 1 ? 'Older than 1 day' : `Older than ${String(days)} days`
}

interface Option {
  readonly value: string
  readonly label: string
}

/** What the address says and the list has not is shown, too. */
function withOther(options: readonly Option[], value: string | undefined, label = (other: string) => other) {
  if (value === undefined || options.some((option) => option.value === value)) return options
  return [...options, { value, label: label(value) }]
}

/** A day; what is no day yet changes nothing. */
function Day({
  label,
  value,
  onChange,
}: {
  readonly label: string
  readonly value: string | undefined
  readonly onChange: (value: string | undefined) => void
}) {
  const [typed, setTyped] = useState(value ?? '')
  const [shown, setShown] = useState(value)
  if (value !== shown) {
    setShown(value)
    setTyped(value ?? '')
  }
  const isWrong = typed !== '' && !isDay(typed)
  return (
    <TextField
      label={label}
      type="date"
      value={typed}
      onChange={(text) => {
        setTyped(text)
        if (text === '' || isDay(text)) onChange(text === '' ? undefined : text)
      }}
      error={isWrong ? 'A day is written like 2026-11-21.' : undefined}
    />
  )
}
