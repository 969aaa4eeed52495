import { useId, useState } from 'react'
import type { PlanChange } from '../../../preload/contract/index.ts'
import { cx } from '../../lib/class-names.ts'
import { formatCount } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { ChangesButton } from '../structure/changes-button.tsx'
import { StructureChanges } from '../structure/structure-changes.tsx'
import { actionWords, bySchema, difference, nameInSchema, signs, type SchemaChanges } from './plan-words.ts'

const firstShown = 60

/** What becomes of each object, by schema. */
export function PlanTree({ changes, isNew }: { readonly changes: readonly PlanChange[]; readonly isNew: boolean }) {
  return (
    <Table
      label="What becomes of each object"
      columns={[
        { name: 'Object' },
        { name: 'Action' },
        ...(isNew ? [] : [{ name: 'Rows now', isNumber: true }]),
        { name: 'Rows after', isNumber: true },
        ...(isNew ? [] : [{ name: 'Difference', isNumber: true }, { name: 'Structure' }]),
      ]}
    >
      {bySchema(changes).map((group) => (
        <Group key={group.schema ?? ''} group={group} isNew={isNew} />
      ))}
    </Table>
  )
}

function Group({ group, isNew }: { readonly group: SchemaChanges; readonly isNew: boolean }) {
  const [isOpen, setOpen] = useState(false)
  const shown = isOpen ? group.changes : group.changes.slice(0, firstShown)
  const hidden = group.changes.length - shown.length
  return (
    <>
      {group.schema === null ? null : (
        <tr className="bg-surface-2">
          <Cell isHead>
            <strong className="font-semibold">{group.schema}</strong> <span className="text-ink-3">schema</span>
          </Cell>
          <Cell />
          {isNew ? null : <Cell isNumber>{rows(group.rowsNow, group.isEstimate)}</Cell>}
          <Cell isNumber>{rows(group.rowsAfter, false)}</Cell>
          {isNew ? null : (
            <>
              <Cell />
              <Cell />
            </>
          )}
        </tr>
      )}
      {shown.map((change) => (
        <Row key={`${change.kind} ${change.object}`} change={change} isNew={isNew} isIndented={group.schema !== null} />
      ))}
      {hidden > 0 ? (
        <tr>
          <td colSpan={6} className="px-3 py-1.5">
            <Button size="sm" onPress={() => setOpen(true)}>
              Show {formatCount(hidden)} more
            </Button>
          </td>
        </tr>
      ) : null}
    </>
  )
}

function Row({
  change,
  isNew,
  isIndented,
}: {
  readonly change: PlanChange
  readonly isNew: boolean
  readonly isIndented: boolean
}) {
  const { object, kind, action, rowsNow, rowsAfter, isEstimate, structure, structureChanges = [] } = change
  const [isOpen, setOpen] = useState(false)
  const details = useId()
  const colour = colours[action]
  const gap = difference(change)
  return (
    <>
      <tr>
        <Cell isHead>
          <span className={cx('inline-flex items-baseline gap-2', isIndented && 'pl-4')}>
            <span aria-hidden className={cx('w-3 text-center font-mono font-semibold', colour)}>
              {signs[action]}
            </span>
            <span>
              {isIndented ? nameInSchema(object) : object}
              {kind === 'table' ? null : <span className="ml-1.5 text-sm text-ink-3">{kind.replaceAll('-', ' ')}</span>}
            </span>
          </span>
        </Cell>
        <Cell>
          <span className={colour}>{actionWords[action]}</span>
        </Cell>
        {isNew ? null : <Cell isNumber>{rows(rowsNow, isEstimate)}</Cell>}
        <Cell isNumber>{rows(rowsAfter, false)}</Cell>
        {isNew ? null : (
          <>
            <Cell isNumber>
              <span
                className={
                  gap?.includes('−') === true ? 'text-bad' : gap?.includes('+') === true ? 'text-ok' : 'text-ink-3'
                }
              >
                {gap}
              </span>
            </Cell>
            <Cell>
              {structureChanges.length > 0 ? (
                <ChangesButton
                  count={structureChanges.length}
                  object={object}
                  isOpen={isOpen}
                  controls={details}
                  onToggle={() => setOpen(!isOpen)}
                />
              ) : structure === 'changed' ? (
                <span className="text-warn">changes</span>
              ) : (
                ''
              )}
            </Cell>
          </>
        )}
      </tr>
      {isOpen ? (
        <tr id={details}>
          <td colSpan={6} className="border-b border-line bg-surface-2 px-3 text-left">
            <StructureChanges object={object} changes={structureChanges} leftWord="Backup" rightWord="Now" />
          </td>
        </tr>
      ) : null}
    </>
  )
}

const colours: Readonly<Record<PlanChange['action'], string>> = {
  create: 'text-ok',
  replace: 'text-warn',
  append: 'text-warn',
  drop: 'text-bad',
  untouched: 'text-ink-3',
}

function rows(count: number | null, isEstimate: boolean): string {
  return count === null ? '' : `${isEstimate ? '~' : ''}${formatCount(count)}`
}
