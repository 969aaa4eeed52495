import { formatDuration } from '../../lib/format.ts'
import { useNow } from '../../lib/now.ts'
import { Section } from '../../ui/box.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { stageName } from '../jobs/job-words.ts'
import type { TimedStage } from './stages.ts'

const columns = [{ name: 'Stage' }, { name: 'Seen from' }, { name: 'Took', isNumber: true }]

/** The stages that were seen, with their times. */
export function StageList({ stages }: { readonly stages: readonly TimedStage[] }) {
  const now = useNow()
  if (stages.length === 0) return null
  return (
    <Section title="Stages" note="as they were seen here and in the log">
      <Table label="Stages and their times" columns={columns}>
        {stages.map(({ stage, at, durationMs }) => (
          <tr key={at + stage}>
            <Cell isHead>{stageName(stage)}</Cell>
            <Cell>
              <Time at={at} />
            </Cell>
            <Cell isNumber>
              {durationMs === null
                ? `${formatDuration(Math.max(0, now - Date.parse(at)))} so far`
                : formatDuration(durationMs)}
            </Cell>
          </tr>
        ))}
      </Table>
    </Section>
  )
}
