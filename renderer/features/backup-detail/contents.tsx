import { useState } from 'react'
import type { BackupDetail } from '../../../preload/contract/index.ts'
import { cx } from '../../lib/class-names.ts'
import { formatCount, plural } from '../../lib/format.ts'
import { Section } from '../../ui/box.tsx'
import { Button, TextLink } from '../../ui/button.tsx'
import { Empty } from '../../ui/page.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { found, schemasOf } from './contents-words.ts'

const atFirst = 100

/** Schemas and tables with their rows, to be searched. A table opens its rows. */
export function Contents({
  backup,
  table,
  onTable,
}: {
  readonly backup: BackupDetail
  /** The one whose rows are shown. */
  readonly table: string | null
  readonly onTable: (name: string) => void
}) {
  const [text, setText] = useState('')
  const [most, setMost] = useState(atFirst)
  if (backup.needsKey !== null) {
    return (
      <Section title="Contents">
        <Empty
          title={`The contents are sealed: they need the key ${backup.needsKey}.`}
          actions={<TextLink href="/settings?section=keys">Import the key from its recovery kit</TextLink>}
        >
          Names and counts were encrypted with the backup. With the key they can be seen, and the backup restored.
        </Empty>
      </Section>
    )
  }
  const listed = backup.contents
  const matching = found(listed, text)
  const shown = matching.slice(0, most)
  return (
    <Section
      title="Contents"
      note={schemasOf(listed)}
      actions={<SearchField label="Object or column" value={text} onChange={setText} className="w-56" />}
    >
      {matching.length === 0 ? (
        <p className="m-0 py-2 text-ink-2" role="status">
          {listed.length === 0 ? 'Nothing is recorded of what it holds.' : 'Nothing in it is called that.'}
        </p>
      ) : (
        <Table
          label="What the backup holds"
          columns={[
            { name: 'Object' },
            { name: 'Kind' },
            { name: 'Columns', isNumber: true },
            { name: 'Rows', isNumber: true },
          ]}
        >
          {shown.map((object) => (
            <tr
              key={`${object.kind} ${object.subtype} ${object.displayName}`}
              className={cx(object.displayName === table && 'bg-accent-soft')}
            >
              <Cell isHead>
                {object.kind === 'table' && object.rows !== null ? (
                  <Button
                    variant="quiet"
                    size="sm"
                    className="-ml-2.5 text-accent"
                    aria-label={`Show rows of ${object.displayName}`}
                    onPress={() => onTable(object.displayName)}
                  >
                    {object.displayName}
                  </Button>
                ) : (
                  object.displayName
                )}
              </Cell>
              <Cell>
                <span className="text-ink-2">
                  {object.kind === 'other' ? object.subtype.toLowerCase() : object.kind.replace('-', ' ')}
                </span>
              </Cell>
              <Cell isNumber>{object.columns.length === 0 ? '–' : formatCount(object.columns.length)}</Cell>
              <Cell isNumber>{object.rows === null ? '–' : formatCount(object.rows)}</Cell>
            </tr>
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
  )
}
