import type { Connection, StatusReport } from '../../../preload/contract/index.ts'
import { formatCount } from '../../lib/format.ts'
import { LinkButton, TextLink } from '../../ui/button.tsx'
import { Status } from '../../ui/status.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { EnvironmentTag } from '../words/environment-tag.tsx'
import { DatabaseStateWord, engineNames } from '../words/words.tsx'
import { formOf, whereText } from './profile.ts'
import { worstOf } from './protection.ts'

const columns = [
  { name: 'Connection' },
  { name: 'Where' },
  { name: 'State' },
  { name: 'Last good backup' },
  { name: 'Goal', isNumber: true },
  { name: 'Back up', isHidden: true },
]

/** All connections, each with how well it is protected. */
export function ConnectionTable({
  connections,
  status,
}: {
  readonly connections: readonly Connection[]
  readonly status: StatusReport | undefined
}) {
  return (
    <Table label="Connections" columns={columns}>
      {connections.map((connection) => {
        const worst = worstOf(status, connection.id)
        return (
          <tr key={connection.id}>
            <Cell isHead isTall>
              <TextLink href={`/connections/${connection.id}`}>{connection.name}</TextLink>
              <EnvironmentTag environment={connection.environment} />
              <span className="block text-sm text-ink-3">{engineNames[connection.engine]}</span>
            </Cell>
            <Cell isTall>
              <code className="block max-w-[320px] truncate font-mono text-sm text-ink-2">
                {whereText(formOf(connection))}
              </code>
            </Cell>
            <Cell isTall>
              {worst === null ? (
                <Status tone="none">{status === undefined ? 'Not known yet' : 'Not yet'}</Status>
              ) : (
                <DatabaseStateWord state={worst.state} />
              )}
            </Cell>
            <Cell isTall>
              {worst === null || worst.lastGoodAt === null ? (
                <span className="text-ink-3">None</span>
              ) : (
                <Time at={worst.lastGoodAt} as="ago" />
              )}
            </Cell>
            <Cell isTall isNumber>
              {formatCount(connection.goalHours)} h
            </Cell>
            <Cell isTall isNumber>
              <LinkButton size="sm" href={`/back-up?connection=${connection.id}`} label={`Back up ${connection.name}`}>
                Back up
              </LinkButton>
            </Cell>
          </tr>
        )
      })}
    </Table>
  )
}
