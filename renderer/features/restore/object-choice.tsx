import { X } from 'lucide-react'
import { useState } from 'react'
import type { BackupDetail } from '../../../preload/contract/index.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { Section } from '../../ui/box.tsx'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/fields.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { Segments } from '../../ui/segments.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { isChoosable, mostNames, standsFor, whichOf, withWhich, type PartsChoice, type Which } from './parts-choice.ts'

const firstShown = 100

/** What the backup holds, and which of it is restored: all, only some, or all but some. */
export function ObjectChoice({
  backup,
  choice,
  onChange,
}: {
  readonly backup: BackupDetail
  readonly choice: PartsChoice
  readonly onChange: (part: Pick<PartsChoice, 'include' | 'exclude'>) => void
}) {
  const [text, setText] = useState('')
  const [shown, setShown] = useState(firstShown)
  const { which, names } = whichOf(choice)
  const wanted = text.trim()
  const named = backup.objects.filter(({ kind, rows }) => kind !== 'other' || rows !== null)
  const found = wanted === '' ? named : named.filter(({ name }) => isLike(name, wanted))
  const change = (next: readonly string[]) => onChange(withWhich(which, next))
  const addable = found
    .filter((object) => isChoosable(backup, object) && !names.some((each) => standsFor(each, object.name)))
    .map(({ name }) => name)
  const isPattern = wanted.includes('*')
  const word = which === 'without' ? 'Leave out' : 'Restore'
  return (
    <Section title="Contents" note={plural(found.length, 'object')}>
      <div className="flex flex-col gap-2.5">
        <div className="flex flex-wrap items-center gap-2.5">
          <div className="max-w-full overflow-x-auto">
            <Segments<Which>
              label="Which objects are restored"
              value={which}
              onChange={(next) => onChange(withWhich(next, []))}
              options={[
                { value: 'all', label: 'All of them' },
                { value: 'only', label: 'Only chosen ones' },
                { value: 'without', label: 'All but chosen ones' },
              ]}
            />
          </div>
          {named.length > 12 || which !== 'all' ? (
            <SearchField label="Find an object" value={text} onChange={setText} className="w-64" />
          ) : null}
          {which !== 'all' && wanted !== '' ? (
            isPattern ? (
              <Button
                size="sm"
                isDisabled={names.includes(wanted) || found.length === 0}
                onPress={() => change([...names, wanted])}
              >
                {word} what is like {wanted}
              </Button>
            ) : (
              <Button
                size="sm"
                isDisabled={addable.length === 0 || names.length + addable.length > mostNames}
                onPress={() => change([...names, ...addable])}
              >
                {word} the {formatCount(addable.length)} found
              </Button>
            )
          ) : null}
        </div>
        {which === 'all' ? null : <Chosen which={which} names={names} onChange={change} />}
        <Table
          label="Objects in this backup"
          columns={[{ name: 'Object' }, { name: 'Kind' }, { name: 'Rows', isNumber: true }]}
        >
          {found.slice(0, shown).map((object) => {
            const { name, kind, rows } = object
            const by = names.find((each) => standsFor(each, name))
            return (
              <tr key={`${kind} ${name}`}>
                <Cell isHead>
                  {which === 'all' || !isChoosable(backup, object) ? (
                    name
                  ) : (
                    <Checkbox
                      isSelected={by !== undefined}
                      isDisabled={by === undefined ? names.length >= mostNames : by !== name}
                      onChange={(isChosen) =>
                        change(isChosen ? [...names, name] : names.filter((each) => each !== name))
                      }
                    >
                      {name}
                    </Checkbox>
                  )}
                </Cell>
                <Cell>{kind.replaceAll('-', ' ')}</Cell>
                <Cell isNumber>{rows === null ? '' : formatCount(rows)}</Cell>
              </tr>
            )
          })}
        </Table>
        {found.length === 0 ? (
          <p role="status" className="m-0 text-ink-3">
            No object is like that.
          </p>
        ) : null}
        {found.length > shown ? (
          <Button className="self-start" onPress={() => setShown(found.length)}>
            Show all {formatCount(found.length)}
          </Button>
        ) : null}
      </div>
    </Section>
  )
}

function Chosen({
  which,
  names,
  onChange,
}: {
  readonly which: Which
  readonly names: readonly string[]
  readonly onChange: (names: readonly string[]) => void
}) {
  return (
    <div className="flex flex-col gap-1.5">
      <p className="m-0 text-sm text-ink-2" role="status">
        {which === 'only'
          ? `${plural(names.length, 'name')} chosen. What these need comes with them, and the plan names it.`
          : `${plural(names.length, 'name')} left out. What stays must not need them; the plan says where it does.`}{' '}
        {names.length >= mostNames
          ? `More than ${String(mostNames)} are named by a pattern: type it into the search, with * for anything.`
          : 'A pattern goes into the search, with * for anything.'}
      </p>
      {names.length === 0 ? null : (
        <ul
          aria-label={which === 'only' ? 'Restored' : 'Left out'}
          className="m-0 flex list-none flex-wrap gap-1.5 p-0"
        >
          {names.map((name) => (
            <li
              key={name}
              className="inline-flex max-w-full items-center gap-1 rounded-md border border-line-strong bg-surface py-px pr-px pl-2 font-mono text-sm"
            >
              <span className="min-w-0 break-all">{name}</span>
              <Button
                size="icon"
                variant="quiet"
                aria-label={`Take ${name} off the list`}
                onPress={() => onChange(names.filter((each) => each !== name))}
              >
                <X size={13} aria-hidden />
              </Button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function isLike(name: string, wanted: string): boolean {
  return wanted.includes('*') ? standsFor(wanted, name) : name.toLowerCase().includes(wanted.toLowerCase())
}
