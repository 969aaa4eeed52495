import type { BackupDetail, BackupRow } from '../../../preload/contract/index.ts'
import { useMethod } from '../../lib/api.ts'
import { formatBytes } from '../../lib/format.ts'
import { Section } from '../../ui/box.tsx'
import { LinkButton } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Loading } from '../../ui/page.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { BadgeWord } from '../words/words.tsx'
import { goodOf } from './good.ts'

/** Which backups of the same database can be relied on instead: the newest good one, and the newest that is proven. */
export function OtherBackups({ backup }: { readonly backup: BackupDetail }) {
  const filter = { connection: backup.connectionId, states: ['complete' as const] }
  const good = useMethod('backups.page', { filter: { ...filter, badges: ['none', 'checked', 'proven'] } })
  const proven = useMethod('backups.page', { filter: { ...filter, badges: ['proven'] } })
  if (good.data === undefined || proven.data === undefined) return <Loading what="the other backups" />
  const nextGood = goodOf(good.data.rows, backup)
  const nextProven = goodOf(proven.data.rows, backup)
  return (
    <Section title="What can be relied on instead">
      {nextGood === null ? (
        <Callout
          tone="bad"
          word="No other"
          actions={
            <LinkButton size="sm" href={`/back-up?connection=${backup.connectionId}`}>
              Back up now
            </LinkButton>
          }
        >
          There is no other good backup of this database.
        </Callout>
      ) : (
        <Table
          label="Other backups of this database"
          columns={[
            { name: 'Backup' },
            { name: 'Taken' },
            { name: 'State' },
            { name: 'Size', isNumber: true },
            { name: 'Actions', isHidden: true },
          ]}
        >
          <Row word="Newest good" row={nextGood} />
          {nextProven === null || nextProven.id === nextGood.id ? null : <Row word="Newest proven" row={nextProven} />}
        </Table>
      )}
      {nextGood !== null && nextProven === null ? (
        <p className="mt-2 mb-0 text-ink-2">No other backup of this database was ever proven by a restore test.</p>
      ) : null}
    </Section>
  )
}

function Row({ word, row }: { readonly word: string; readonly row: BackupRow }) {
  return (
    <tr>
      <Cell isHead>{word}</Cell>
      <Cell>
        <Time at={row.startedAt} />
      </Cell>
      <Cell>
        <BadgeWord badge={row.badge} />
      </Cell>
      <Cell isNumber>{row.artifactBytes === null ? 'not told' : formatBytes(row.artifactBytes)}</Cell>
      <Cell isNumber>
        <span className="inline-flex gap-2">
          <LinkButton size="sm" href={`/backups/${row.id}`}>
            Show it
          </LinkButton>
          <LinkButton size="sm" href={`/backups/${row.id}/validate?level=restore`}>
            Test it
          </LinkButton>
          <LinkButton size="sm" href={`/restore?backup=${row.id}`}>
            Restore it…
          </LinkButton>
        </span>
      </Cell>
    </tr>
  )
}
