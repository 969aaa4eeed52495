import { useId, useState } from 'react'
import type { ComparedObject, Comparison } from '../../../preload/contract/index.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { Section } from '../../ui/box.tsx'
import { Button } from '../../ui/button.tsx'
import { Segments } from '../../ui/segments.tsx'
import { Status } from '../../ui/status.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { ChangesButton } from '../structure/changes-button.tsx'
import { StructureChanges } from '../structure/structure-changes.tsx'
import { VersionPair } from '../structure/version-pair.tsx'
import { inOrder, rowsChange, stateWords, type ComparedState, type Side } from './compare-words.ts'

const atFirst = 200

/** What is equal and what is not, object by object. */
export function ComparisonResult({ comparison, side }: { readonly comparison: Comparison; readonly side: Side }) {
  const [state, setState] = useState<ComparedState | 'all'>('all')
  const [most, setMost] = useState(atFirst)
  const words = stateWords(side)
  const matching = inOrder(comparison.objects).filter(({ status }) => state === 'all' || status === state)
  const shown = matching.slice(0, most)
  const count = (wanted: ComparedState) => comparison.objects.filter(({ status }) => status === wanted).length
  const options = [
    { value: 'all' as const, label: `All ${formatCount(comparison.objects.length)}` },
    ...(['changed', 'only-left', 'only-right', 'equal'] as const).map((value) => ({
      value,
      label: `${words[value][1]} ${formatCount(count(value))}`,
    })),
  ]
  const { schemaVersion } = comparison
  return (
    <>
      {schemaVersion === undefined ? null : (
        <VersionPair
          left={schemaVersion.left}
          right={schemaVersion.right}
          leftWord={side === 'live' ? 'Backup' : 'First'}
          rightWord={side === 'live' ? 'database' : 'second'}
        />
      )}
      <Section title="Objects">
        <div className="mb-3 overflow-x-auto">
          <Segments label="Which objects" value={state} options={options} onChange={setState} />
        </div>
        {shown.length === 0 ? (
          <p role="status" className="m-0 text-ink-2">
            There is none.
          </p>
        ) : (
          <Table
            label="Compared objects"
            columns={[
              { name: 'Object' },
              { name: 'Kind' },
              { name: 'State' },
              { name: side === 'live' ? 'Rows in the backup' : 'Rows in the first', isNumber: true },
              { name: side === 'live' ? 'Rows now' : 'Rows in the second', isNumber: true },
              { name: 'Difference', isNumber: true },
              { name: 'Rows differ in' },
              { name: 'Structure' },
            ]}
          >
            {shown.map((object) => (
              <ObjectRow key={`${object.kind} ${object.name}`} object={object} side={side} />
            ))}
          </Table>
        )}
        {matching.length > shown.length ? (
          <p className="mt-2 mb-0 flex items-center gap-3 text-ink-2">
            {formatCount(shown.length)} of {plural(matching.length, 'object')} shown.
            <Button size="sm" onPress={() => setMost(most + 400)}>
              Show more
            </Button>
          </p>
        ) : null}
      </Section>
      {comparison.notCovered.length === 0 ? null : (
        <Section title="Not covered" note="what this comparison cannot see">
          <ul className="m-0 list-none rounded-lg border border-line bg-surface p-0">
            {comparison.notCovered.map(({ object, why }) => (
              <li
                key={`${object} ${why}`}
                className="flex flex-wrap gap-x-4 border-b border-line px-3.5 py-2 last:border-b-0"
              >
                <span className="min-w-40 font-medium">{object}</span>
                <span className="flex-1 text-ink-2">{why}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  )
}

function ObjectRow({ object, side }: { readonly object: ComparedObject; readonly side: Side }) {
  const { name, kind, status, columns, schema, rowsLeft, rowsRight, structureChanges = [] } = object
  const [isOpen, setOpen] = useState(false)
  const details = useId()
  const [tone, word] = stateWords(side)[status]
  return (
    <>
      <tr>
        <Cell isHead>{name}</Cell>
        <Cell>
          <span className="text-ink-2">{kind.replace('-', ' ')}</span>
        </Cell>
        <Cell>
          <Status tone={tone}>{word}</Status>
        </Cell>
        <Cell isNumber>{rows(rowsLeft)}</Cell>
        <Cell isNumber>{rows(rowsRight)}</Cell>
        <Cell isNumber>{rowsChange(object) ?? '–'}</Cell>
        <Cell isWrapped>{status === 'changed' && columns.length > 0 ? `columns ${columns.join(', ')}` : ''}</Cell>
        <Cell>
          {structureChanges.length > 0 ? (
            <ChangesButton
              count={structureChanges.length}
              object={name}
              isOpen={isOpen}
              controls={details}
              onToggle={() => setOpen(!isOpen)}
            />
          ) : status === 'changed' && schema === 'changed' ? (
            <span className="text-warn">changed</span>
          ) : (
            ''
          )}
        </Cell>
      </tr>
      {isOpen ? (
        <tr id={details}>
          <td colSpan={8} className="border-b border-line bg-surface-2 px-3 text-left">
            <StructureChanges
              object={name}
              changes={structureChanges}
              leftWord={side === 'live' ? 'Backup' : 'First'}
              rightWord={side === 'live' ? 'Now' : 'Second'}
            />
          </td>
        </tr>
      ) : null}
    </>
  )
}

function rows(count: number | null): string {
  return count === null ? '–' : formatCount(count)
}
