import { contentChoices, type BackupDetail } from '../../../preload/contract/index.ts'
import { formatBytes, formatDuration, formatRatio } from '../../lib/format.ts'
import { Box, Facts, Section } from '../../ui/box.tsx'
import { LinkButton } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Code } from '../../ui/code.tsx'
import { Say } from '../../ui/page.tsx'
import { Status } from '../../ui/status.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { BadgeWord } from '../words/words.tsx'
import { contentSentence } from './content-sentence.ts'
import { someNames } from './object-search.ts'

/** A backup that was just taken: what it is, where it lies, and the way to prove it. */
export function BackupResult({ backup }: { readonly backup: BackupDetail }) {
  const { id, connection, plaintextBytes, artifactBytes, artifactSha256, durationMs } = backup
  const ratio = formatRatio(plaintextBytes, artifactBytes)
  return (
    <>
      <Say small={`${contentSentence(backup)} It took ${formatDuration(durationMs)}.`}>{connection} is backed up.</Say>
      {backup.warnings.map(({ code, message }) => (
        <Callout key={`${code} ${message}`} tone="warn" word="Warning">
          {message} <span className="text-sm text-ink-2">({code})</span>
        </Callout>
      ))}
      {backup.scope === 'full' && backup.content === 'full' ? null : <PartOfDatabase backup={backup} />}
      {backup.badge === 'proven' ? null : (
        <Callout
          tone="none"
          word="Not proven yet"
          actions={
            <LinkButton variant="primary" href={`/backups/${id}/validate?level=restore`}>
              Prove it with a restore test
            </LinkButton>
          }
        >
          It is intact to the last byte. That it restores, only a restore shows.
        </Callout>
      )}
      <Box padded>
        <Facts
          facts={[
            ['State', <BadgeWord key="badge" badge={backup.badge} />],
            [
              'Database',
              <code key="database" className="font-mono text-sm break-all">
                {backup.database}
              </code>,
            ],
            ['Size', sizeText(plaintextBytes, artifactBytes, ratio)],
            ['Format', backup.format],
            [
              'Compression',
              backup.compression.level === null
                ? 'none'
                : `${backup.compression.name} ${String(backup.compression.level)}`,
            ],
            ['Encryption', backup.encrypted ? 'on' : 'off'],
            ...(backup.description === null ? [] : [['Why', backup.description] as const]),
          ]}
        />
      </Box>
      <Section title="Copies">
        <Table
          label="Copies and where they are"
          columns={[{ name: 'Destination' }, { name: 'State' }, { name: 'File' }]}
        >
          {backup.copies.map(({ destination, location, state }) => (
            <tr key={`${destination} ${location}`}>
              <Cell isHead>{destination}</Cell>
              <Cell>
                <Status tone={state === 'stored' ? 'ok' : state === 'waiting' ? 'late' : 'bad'}>{state}</Status>
              </Cell>
              <Cell>
                <code className="font-mono text-sm">{location}</code>
              </Cell>
            </tr>
          ))}
        </Table>
      </Section>
      {artifactSha256 === null ? null : (
        <Section title="SHA-256 of the file">
          <Code label="the digest">{artifactSha256}</Code>
        </Section>
      )}
      <div className="flex flex-wrap gap-2">
        <LinkButton href={`/backups/${id}`}>Show the backup</LinkButton>
        <LinkButton href="/">Go to the overview</LinkButton>
      </div>
    </>
  )
}

/** It is not the whole database: what was chosen, and what it takes to restore it. */
function PartOfDatabase({ backup: { scope, content, selection, needs } }: { readonly backup: BackupDetail }) {
  const chosen = contentChoices.find(({ id }) => id === content)
  const parts = [
    ['Only', selection?.include ?? []],
    ['Without', selection?.exclude ?? []],
    ['Without the rows of', selection?.excludeRows ?? []],
  ] as const
  return (
    <Callout tone="warn" word={scope === 'partial' ? 'Part of the database' : (chosen?.label ?? content)}>
      {content === 'full' ? null : <span className="block">{chosen?.holds}</span>}
      {parts.map(([word, names]) =>
        names.length === 0 ? null : (
          <span key={word} className="block">
            {word} {someNames(names, 20)}.
          </span>
        ),
      )}
      <span className="block">
        {needs.length === 0
          ? content === 'data'
            ? 'It restores into tables that are there.'
            : 'It restores alone.'
          : `It does not restore alone. The target must hold: ${someNames(needs, 20)}.`}
      </span>
    </Callout>
  )
}

function sizeText(plaintextBytes: number | null, artifactBytes: number | null, ratio: string | null): string {
  if (artifactBytes === null) return 'not told'
  const from = plaintextBytes === null ? '' : `, from ${formatBytes(plaintextBytes)}`
  return `${formatBytes(artifactBytes)}${from}${ratio === null ? '' : ` (${ratio})`}`
}
