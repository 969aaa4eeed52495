import { Pin } from 'lucide-react'
import type { BackupRow } from '../../../preload/contract/index.ts'
import { formatExact, formatMoment, formatRatio, plural } from '../../lib/format.ts'
import { useNow } from '../../lib/now.ts'
import { Status } from '../../ui/status.tsx'
import type { GridColumn } from '../../ui/virtual-grid.tsx'
import { EnvironmentTag } from '../words/environment-tag.tsx'
import { BadgeWord, engineNames } from '../words/words.tsx'
import { copiesText, holdsText, kindNames, shortDatabase, sizeText, triggerNames } from './backup-words.ts'

/** The columns that fit, the most telling first. What is left out stands on the backup's own page. */
export function columnsFor(widthPx: number, formatSize: (bytes: number) => string): readonly GridColumn<BackupRow>[] {
  if (widthPx < narrowPx) return [narrow(formatSize)]
  let leftPx = widthPx - 40
  const fitting = new Set<string>()
  for (const [id, neededPx] of importance) {
    if (neededPx > leftPx) break
    fitting.add(id)
    leftPx -= neededPx
  }
  return allColumns(formatSize).filter(({ id }) => fitting.has(id))
}

/** Under this width a row is one cell of two lines. */
export const narrowPx = 520

const importance: readonly (readonly [id: string, neededPx: number])[] = [
  ['startedAt', 132],
  ['connection', 170],
  ['trust', 132],
  ['artifactBytes', 92],
  ['holds', 170],
  ['ratio', 66],
  ['copies', 120],
  ['trigger', 116],
  ['format', 88],
  ['createdBy', 120],
]

function allColumns(formatSize: (bytes: number) => string): readonly GridColumn<BackupRow>[] {
  return [
    {
      id: 'startedAt',
      name: 'Taken',
      track: '150px',
      isSortable: true,
      cell: (row) => <Taken row={row} />,
    },
    {
      id: 'connection',
      name: 'Database',
      track: 'minmax(170px, 3fr)',
      isSortable: true,
      cell: (row) => <Name row={row} />,
    },
    { id: 'holds', name: 'Holds', track: 'minmax(170px, 4fr)', cell: (row) => <Holds row={row} /> },
    { id: 'format', name: 'Format', track: '88px', cell: ({ format }) => <Muted>{format}</Muted> },
    {
      id: 'artifactBytes',
      name: 'Size',
      track: '92px',
      isNumber: true,
      isSortable: true,
      cell: ({ artifactBytes }) => (artifactBytes === null ? <None /> : sizeText(artifactBytes, formatSize)),
    },
    {
      id: 'ratio',
      name: 'Ratio',
      track: '66px',
      isNumber: true,
      isSortable: true,
      cell: ({ plaintextBytes, artifactBytes }) => {
        const ratio = formatRatio(plaintextBytes, artifactBytes)
        return ratio === null ? <None /> : <Muted>{ratio}</Muted>
      },
    },
    { id: 'trust', name: 'Trust', track: '132px', cell: (row) => <Trust row={row} /> },
    {
      id: 'trigger',
      name: 'Trigger',
      track: '116px',
      cell: ({ trigger }) => <Muted>{triggerNames[trigger]}</Muted>,
    },
    {
      id: 'createdBy',
      name: 'Created by',
      track: 'minmax(120px, 1fr)',
      cell: ({ createdBy }) => (createdBy === null ? <None /> : <Muted>{createdBy}</Muted>),
    },
    { id: 'copies', name: 'Copies', track: 'minmax(120px, 1fr)', cell: (row) => <Copies row={row} /> },
  ]
}

function narrow(formatSize: (bytes: number) => string): GridColumn<BackupRow> {
  return {
    id: 'startedAt',
    name: 'Backup',
    track: 'minmax(0, 1fr)',
    cell: (row) => (
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-2">
          <span className="min-w-0 flex-1 truncate font-medium">
            {row.connection}
            <EnvironmentTag environment={row.environment} />
          </span>
          <span className="tabular-nums">
            {row.artifactBytes === null ? '' : sizeText(row.artifactBytes, formatSize)}
          </span>
        </div>
        <div className="flex items-center gap-2 text-sm text-ink-2">
          <span className="min-w-0 flex-1 truncate">
            <Taken row={row} />
          </span>
          <Trust row={row} />
        </div>
      </div>
    ),
  }
}

/** Whether it can be trusted; a backup that failed has nothing to trust. */
export function Trust({ row }: { readonly row: Pick<BackupRow, 'state' | 'badge'> }) {
  return row.state === 'failed' ? <Status tone="bad">Backup failed</Status> : <BadgeWord badge={row.badge} />
}

function Taken({ row }: { readonly row: BackupRow }) {
  const now = useNow()
  return (
    <span className="inline-flex min-w-0 items-center gap-1.5" title={formatExact(row.startedAt)}>
      <time dateTime={row.startedAt} className="truncate">
        {formatMoment(row.startedAt, now)}
      </time>
      {row.pinned ? <Pin size={13} aria-label="Pinned" className="shrink-0 text-accent" /> : null}
    </span>
  )
}

function Name({ row }: { readonly row: BackupRow }) {
  return (
    <div className="min-w-0">
      <div className="flex items-center">
        <span className="truncate font-semibold" title={row.connection}>
          {row.connection}
        </span>
        <EnvironmentTag environment={row.environment} />
      </div>
      <div className="truncate text-sm text-ink-3" title={row.database}>
        {row.database === row.connection ? engineNames[row.engine] : shortDatabase(row.database)}
      </div>
    </div>
  )
}

function Holds({ row }: { readonly row: BackupRow }) {
  const held = holdsText(row)
  const notes = [
    row.name,
    row.kind === 'backup' ? null : kindNames[row.kind],
    row.description,
    row.warnings.length === 0 ? null : plural(row.warnings.length, 'warning'),
  ].filter((note) => note !== null)
  return (
    <div className="min-w-0 text-ink-2">
      <div className="truncate" title={held ?? undefined}>
        {row.needsKey === null ? (held ?? <None />) : `needs key ${row.needsKey}`}
      </div>
      {notes.length === 0 ? null : (
        <div className="truncate text-sm text-ink-3" title={notes.join(' · ')}>
          {notes.join(' · ')}
        </div>
      )}
    </div>
  )
}

function Copies({ row }: { readonly row: BackupRow }) {
  if (row.copies.length === 0) return <None />
  const { text, isBad } = copiesText(row.copies)
  return isBad ? (
    <span className="min-w-0 truncate" title={text}>
      <Status tone="bad">{text}</Status>
    </span>
  ) : (
    <Muted>{text}</Muted>
  )
}

function Muted({ children }: { readonly children: string }) {
  return (
    <span className="truncate text-ink-2" title={children}>
      {children}
    </span>
  )
}

function None() {
  return (
    <span className="text-ink-3">
      <span aria-hidden>–</span>
      <span className="sr-only">none</span>
    </span>
  )
}
