import { useNavigate } from '@tanstack/react-router'
import type { Job, StatusReport } from '../../../preload/contract/index.ts'
import { formatAge, sameUnit } from '../../lib/format.ts'
import { useNow } from '../../lib/now.ts'
import { GoalBar } from '../../ui/bars.tsx'
import { TextLink } from '../../ui/button.tsx'
import { RowMenu } from '../../ui/menu.tsx'
import { Status } from '../../ui/status.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { EnvironmentTag } from '../words/environment-tag.tsx'
import { DatabaseStateWord, engineNames } from '../words/words.tsx'
import { DayStrip } from './day-strip.tsx'
import { shareOfGoal } from './loss.ts'

type DatabaseStatus = StatusReport['databases'][number]

const columns = [
  { name: 'Database' },
  { name: 'State' },
  { name: 'Last good backup, against its goal' },
  { name: 'Last proof' },
  { name: '30 days' },
  { name: 'Size', isNumber: true },
  { name: 'Actions', isHidden: true },
]

/** Every database: how old its newest good backup is, what is proven, and its last 30 days. */
export function DatabaseTable({
  databases,
  running,
}: {
  readonly databases: readonly DatabaseStatus[]
  /** Jobs that are under way. */
  readonly running: readonly Job[]
}) {
  const size = sameUnit(databases.map(({ artifactBytes }) => artifactBytes))
  return (
    <Table label="Databases" columns={columns}>
      {databases.map((each) => (
        <DatabaseRow
          key={each.connectionId}
          status={each}
          size={each.artifactBytes === null ? null : size(each.artifactBytes)}
          isRunning={running.some((job) => job.kind === 'backup' && job.subject?.id === each.connectionId)}
        />
      ))}
    </Table>
  )
}

function DatabaseRow({
  status,
  size,
  isRunning,
}: {
  readonly status: DatabaseStatus
  readonly size: string | null
  readonly isRunning: boolean
}) {
  const navigate = useNavigate()
  const go = (href: string) => () => void navigate({ href })
  const { connection, connectionId, environment, engine, days, lastGood } = status
  return (
    <tr>
      <Cell isHead isTall>
        <span className="font-semibold">
          <TextLink href={`/connections/${connectionId}`} isQuiet>
            {connection}
          </TextLink>
        </span>
        <EnvironmentTag environment={environment} />
        <span className="block text-sm text-ink-3">{engineNames[engine]}</span>
      </Cell>
      <Cell isTall>
        {isRunning ? <Status tone="running">Backing up</Status> : <DatabaseStateWord state={status.state} />}
      </Cell>
      <Cell isTall>
        <AgeAgainstGoal status={status} />
      </Cell>
      <Cell isTall>
        <Proof status={status} />
      </Cell>
      <Cell isTall>
        <DayStrip name={connection} days={days} isRunning={isRunning} />
      </Cell>
      <Cell isTall isNumber>
        {size ?? <span className="text-ink-3">–</span>}
      </Cell>
      <Cell isTall isNumber>
        <RowMenu
          label={`Actions for ${connection}`}
          actions={[
            { id: 'back-up', label: 'Back up…', onAction: go(`/back-up?connection=${connectionId}`) },
            ...(lastGood === null
              ? []
              : [
                  { id: 'restore', label: 'Restore…', onAction: go(`/restore?connection=${connectionId}`) },
                  {
                    id: 'test',
                    label: 'Test a restore…',
                    onAction: go(`/backups/${lastGood}/validate?level=restore`),
                  },
                  { id: 'backups', label: 'Show its backups', onAction: go(`/backups?connection=${connectionId}`) },
                ]),
            { id: 'open', label: 'Open the connection', onAction: go(`/connections/${connectionId}`) },
          ]}
        />
      </Cell>
    </tr>
  )
}

const barTones = { protected: 'ok', warning: 'warn', overdue: 'late', 'not-yet': 'late' } as const

function AgeAgainstGoal({ status }: { readonly status: DatabaseStatus }) {
  const now = useNow()
  const { connection, lastGoodAt, goalHours, state } = status
  if (lastGoodAt === null) {
    return <span className="text-ink-3">None yet; the goal is {goalHours} h</span>
  }
  const share = shareOfGoal(status, now)
  const age = formatAge(now - Date.parse(lastGoodAt))
  // What has become late since the answer came is shown as late.
  const tone = share > 1 ? 'late' : barTones[state]
  return (
    <>
      <Time at={lastGoodAt} as="ago" />
      <div className="mt-1">
        <GoalBar
          label={`${connection}: the last good backup is ${age} old, the goal is ${String(goalHours)} h`}
          value={share * goalHours}
          goal={goalHours}
          tone={tone}
        />
      </div>
    </>
  )
}

function Proof({ status: { lastGood, lastProvenAt, lastProven } }: { readonly status: DatabaseStatus }) {
  if (lastProvenAt === null || lastProven === null) {
    return lastGood === null ? <span className="text-ink-3">–</span> : <Status tone="none">Unproven</Status>
  }
  return (
    <span className="inline-flex items-center gap-1.5 text-ok">
      <Status tone="proven">Proven</Status>
      <span className="font-medium">
        <Time at={lastProvenAt} as="ago" />
      </span>
    </span>
  )
}
