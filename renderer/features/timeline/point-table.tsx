import { formatBytes, formatCount, formatExact, formatMoment, plural, sameUnit } from '../../lib/format.ts'
import { useNow } from '../../lib/now.ts'
import { cx } from '../../lib/class-names.ts'
import { Section } from '../../ui/box.tsx'
import { TextLink } from '../../ui/button.tsx'
import { Status } from '../../ui/status.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { Trust } from '../backup-list/backup-cells.tsx'
import { shortDatabase, sizeText } from '../backup-list/backup-words.ts'
import { EnvironmentTag } from '../words/environment-tag.tsx'
import type { Lane } from './mark-words.ts'

const mostRows = 100

/** The marks as a table, newest first. */
export function PointTable({ lanes, chosen }: { readonly lanes: readonly Lane[]; readonly chosen: string | null }) {
  const now = useNow()
  const all = lanes
    .flatMap(({ points, ...lane }) => points.map((point) => ({ ...point, ...lane })))
    .toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
  const rows = all.slice(0, mostRows)
  const formatSize = rows.length === 0 ? formatBytes : sameUnit(rows.map(({ artifactBytes }) => artifactBytes))
  return (
    <Section
      title="The same as a table"
      note={
        all.length > rows.length
          ? `the newest ${formatCount(rows.length)} of ${formatCount(all.length)}`
          : plural(all.length, 'backup')
      }
    >
      <Table
        label="Backups in this time"
        columns={[
          { name: 'Taken' },
          { name: 'Database' },
          { name: 'Trust' },
          { name: 'Name' },
          { name: 'Size', isNumber: true },
        ]}
      >
        {rows.map((row) => (
          <tr key={row.id} className={cx(row.id === chosen && 'bg-accent-soft')}>
            <Cell isHead>
              <TextLink href={`/backups/${row.id}`}>
                <time dateTime={row.startedAt} title={formatExact(row.startedAt)}>
                  {formatMoment(row.startedAt, now)}
                </time>
              </TextLink>
            </Cell>
            <Cell>
              <span className="font-semibold">{row.connection}</span>
              <EnvironmentTag environment={row.environment} />{' '}
              <span className="text-ink-3" title={row.database}>
                {shortDatabase(row.database)}
              </span>
            </Cell>
            <Cell>
              {row.state === 'complete' && !row.isGood && row.badge !== 'failed' ? (
                <Status tone="bad">No good copy</Status>
              ) : (
                <Trust row={row} />
              )}
            </Cell>
            <Cell>{row.label ?? ''}</Cell>
            <Cell isNumber>{row.artifactBytes === null ? '–' : sizeText(row.artifactBytes, formatSize)}</Cell>
          </tr>
        ))}
      </Table>
    </Section>
  )
}
