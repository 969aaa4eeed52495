import { useState, type ReactNode } from 'react'
import { useMethod } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { Toggle } from '../../ui/toggle.tsx'
import { AnyOf, named, TextFilter } from './filter-fields.tsx'
import type { ListSearch } from './list-search.ts'
import { howManyHidden, MoreFilters } from './more-filters.tsx'

/** Nothing is narrowed. */
export const unfiltered: ListSearch = {
  connection: undefined,
  text: undefined,
  badge: undefined,
  state: undefined,
  kind: undefined,
  engine: undefined,
  trigger: undefined,
  pinned: undefined,
  database: undefined,
  destination: undefined,
  format: undefined,
  by: undefined,
  from: undefined,
  to: undefined,
  days: undefined,
}
const badgeNames = { proven: 'Proven', checked: 'Checked', none: 'Unproven', failed: 'Check failed' } as const

/** What the list is narrowed to. All of it stands in the address. */
export function BackupFilters({
  search,
  isNarrowed,
  onChange,
  actions,
}: {
  readonly search: ListSearch
  readonly isNarrowed: boolean
  readonly onChange: (change: ListSearch) => void
  /** What can be done with what is left. */
  readonly actions?: ReactNode
}) {
  const connections = useMethod('connections.list', {})
  const hidden = howManyHidden(search)
  const [isMore, setMore] = useState(hidden > 0)
  return (
    <div role="search" aria-label="Filter the backups" className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        <TextFilter
          label="Database, table, name or id"
          value={search.text ?? ''}
          onChange={(text) => onChange({ text: text === '' ? undefined : text })}
        />
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
          More filters{hidden === 0 ? '' : ` (${String(hidden)})`}
        </Toggle>
        {isNarrowed ? (
          <Button variant="quiet" onPress={() => onChange(unfiltered)}>
            Clear
          </Button>
        ) : null}
        {actions}
      </div>
      {isMore ? <MoreFilters search={search} onChange={onChange} /> : null}
    </div>
  )
}
