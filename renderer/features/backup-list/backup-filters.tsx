import { useEffect, useState } from 'react'
import { BackupKind, BackupState, EngineId, Trigger } from '../../../preload/contract/index.ts'
import { useMethod } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { Select } from '../../ui/fields.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { Toggle } from '../../ui/toggle.tsx'
import { engineNames } from '../words/words.tsx'
import { kindNames, triggerNames } from './backup-words.ts'
import type { ListSearch } from './list-search.ts'

const typingMs = 250
const cleared: ListSearch = {
  connection: undefined,
  text: undefined,
  badge: undefined,
  state: undefined,
  kind: undefined,
  engine: undefined,
  trigger: undefined,
  pinned: undefined,
}
const stateNames = { complete: 'Complete', failed: 'Failed' } as const
const badgeNames = { proven: 'Proven', checked: 'Checked', none: 'Unproven', failed: 'Check failed' } as const

/** What the list is narrowed to. All of it stands in the address. */
export function BackupFilters({
  search,
  isNarrowed,
  onChange,
}: {
  readonly search: ListSearch
  readonly isNarrowed: boolean
  readonly onChange: (change: ListSearch) => void
}) {
  const connections = useMethod('connections.list', {})
  const { kind, state, engine, trigger, pinned } = search
  const [isMore, setMore] = useState([kind, state, engine, trigger, pinned].some((each) => each !== undefined))
  return (
    <div role="search" aria-label="Filter the backups" className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        <TextFilter value={search.text ?? ''} onChange={(text) => onChange({ text: text === '' ? undefined : text })} />
        <AnyOf
          label="Connection"
          any="All connections"
          value={search.connection}
          options={(connections.data ?? []).map(({ id, name }) => ({ value: id as string, label: name }))}
          onChange={(connection) => onChange({ connection })}
        />
        <AnyOf
          label="Trust"
          any="Any trust"
          value={search.badge}
          options={named(Object.keys(badgeNames) as (keyof typeof badgeNames)[], badgeNames)}
          onChange={(badge) => onChange({ badge })}
        />
        <Toggle isOn={search.badge === 'failed'} onChange={(isOn) => onChange({ badge: isOn ? 'failed' : undefined })}>
          Failed a check
        </Toggle>
        <Toggle isOn={isMore} onChange={setMore}>
          More filters
        </Toggle>
        {isNarrowed ? (
          <Button variant="quiet" onPress={() => onChange(cleared)}>
            Clear
          </Button>
        ) : null}
      </div>
      {isMore ? (
        <div className="flex flex-wrap gap-2">
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
          <Toggle isOn={pinned === true} onChange={(isOn) => onChange({ pinned: isOn ? true : undefined })}>
            Pinned
          </Toggle>
        </div>
      ) : null}
    </div>
  )
}

/** Typing is not a step of its own in the history, and is not asked for letter by letter. */
function TextFilter({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const [typed, setTyped] = useState(value)
  const [shown, setShown] = useState(value)
  if (value !== shown) {
    setShown(value)
    setTyped(value)
  }
  useEffect(() => {
    if (typed === shown) return
    const timer = setTimeout(() => onChange(typed), typingMs)
    return () => clearTimeout(timer)
  })
  return (
    <SearchField
      label="Database, table, name or id"
      value={typed}
      onChange={setTyped}
      className="w-[260px] max-w-full max-sm:w-full"
    />
  )
}

function AnyOf({
  label,
  any,
  value,
  options,
  onChange,
}: {
  readonly label: string
  readonly any: string
  readonly value: string | undefined
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly onChange: (value: string | undefined) => void
}) {
  return (
    <Select
      label={label}
      isLabelHidden
      value={value ?? ''}
      options={[{ value: '', label: any }, ...options]}
      onChange={(chosen) => onChange(chosen === '' ? undefined : chosen)}
      className="max-w-full min-w-32"
    />
  )
}

function named<T extends string>(words: readonly T[], names: Readonly<Record<T, string>>) {
  return words.map((value) => ({ value, label: names[value] }))
}
