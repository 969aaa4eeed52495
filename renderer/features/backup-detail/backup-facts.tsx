import type { BackupDetail } from '../../../preload/contract/index.ts'
import { useMethod } from '../../lib/api.ts'
import { formatBytes, formatDuration, formatRange, formatRatio, plural } from '../../lib/format.ts'
import { Facts } from '../../ui/box.tsx'
import { Code } from '../../ui/code.tsx'
import { Status } from '../../ui/status.tsx'
import { Time } from '../../ui/time.tsx'
import { copyStates, kindNames, triggerNames } from '../backup-list/backup-words.ts'
import { engineNames } from '../words/words.tsx'

const contents = { full: 'Structure and rows', schema: 'Structure alone', data: 'Rows alone' } as const
const origins = {
  own: 'This installation',
  adopted: 'An installation whose kit was imported here',
  colleague: 'A trusted colleague',
  unknown: 'Unknown: nobody known signed it',
} as const

/** What is recorded of a backup. */
export function BackupFacts({ backup }: { readonly backup: BackupDetail }) {
  const status = useMethod('status.get', {})
  const range = status.data?.databases.find(({ connectionId }) => connectionId === backup.connectionId)?.restoreSeconds
  const { plaintextBytes, artifactBytes, artifactSha256, compression, encrypted } = backup
  const ratio = formatRatio(plaintextBytes, artifactBytes)
  const facts: (readonly [string, React.ReactNode])[] = [
    ['Taken', <Time key="taken" at={backup.startedAt} />],
    ['Holds', holds(backup)],
    ['Taken with', `${backup.takenWith === null ? '' : `${backup.takenWith} in `}${formatDuration(backup.durationMs)}`],
    ['Restores in', range === null || range === undefined ? 'not measured yet' : `${formatRange(range)}, measured`],
    [
      'Size',
      artifactBytes === null
        ? 'nothing was stored'
        : `${formatBytes(artifactBytes)}${plaintextBytes === null || ratio === null ? '' : `, from ${formatBytes(plaintextBytes)} (${ratio})`}`,
    ],
    ['Format', `${engineNames[backup.engine]}, ${backup.format}`],
    ['Content', `${contents[backup.content]}${backup.scope === 'partial' ? ', a part of the database' : ''}`],
    ['Compression', compression.name === 'none' ? 'None' : `${compression.name}, level ${String(compression.level)}`],
    ['Encryption', encrypted ? 'age' : 'None: whoever has the file can read it'],
    ['Kind', `${kindNames[backup.kind]}, ${triggerNames[backup.trigger].toLowerCase()}`],
    ['Created by', backup.createdBy ?? 'not recorded'],
    ['Signed by', origins[backup.origin]],
  ]
  if (backup.description !== null) facts.push(['Description', backup.description])
  return (
    <div className="flex flex-col gap-3">
      <Facts facts={facts} />
      {artifactSha256 === null ? null : (
        <div>
          <div className="mb-1 text-sm text-ink-3">SHA-256 of the artifact</div>
          <Code label="the SHA-256">{artifactSha256}</Code>
        </div>
      )}
      <div>
        <div className="mb-1 text-sm text-ink-3">Id</div>
        <Code label="the id">{backup.id}</Code>
      </div>
    </div>
  )
}

/** Where the copies lie, and how each is. */
export function Copies({ backup }: { readonly backup: BackupDetail }) {
  if (backup.copies.length === 0) return <p className="m-0 text-ink-2">There is no copy.</p>
  return (
    <ul className="m-0 flex list-none flex-col gap-2 p-0">
      {backup.copies.map(({ destination, location, state }) => {
        const [tone, word] = copyStates[state]
        return (
          <li key={`${destination} ${location}`}>
            <div className="flex gap-3">
              <span className="flex-1 font-medium">{destination}</span>
              <Status tone={tone}>{word}</Status>
            </div>
            <div className="font-mono text-sm break-all text-ink-2">{location}</div>
          </li>
        )
      })}
    </ul>
  )
}

function holds({ objects, needsKey }: BackupDetail): string {
  if (needsKey !== null) return `needs key ${needsKey}`
  const tables = objects.filter(({ kind }) => kind === 'table' || kind === 'file')
  if (tables.length === 0) return plural(objects.length, 'object')
  const rows = tables.reduce((sum, table) => sum + (table.rows ?? 0), 0)
  return `${plural(tables.length, tables[0]?.kind === 'file' ? 'file' : 'table')}, ${plural(rows, 'row')}`
}
