import type { BackupDetail, ValidationReport } from '../../../preload/contract/index.ts'
import { formatDuration } from '../../lib/format.ts'
import { Section } from '../../ui/box.tsx'
import { LinkButton } from '../../ui/button.tsx'
import { Say } from '../../ui/page.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { levels, OutcomeWord } from '../words/words.tsx'
import { OtherBackups } from './other-backups.tsx'
import { verdict } from './verdict.ts'

/** What a validation found, check by check. */
export function ValidationView({
  report,
  backup,
}: {
  readonly report: ValidationReport
  readonly backup: BackupDetail
}) {
  const { checks, notCovered, phases, outcome, level } = report
  const total = phases.reduce((sum, { durationMs }) => sum + durationMs, 0)
  return (
    <>
      <Say
        small={
          <span className="flex flex-wrap items-center gap-x-3">
            <OutcomeWord outcome={outcome} />
            <span>
              {levels[level].name}, {formatDuration(total)}
            </span>
          </span>
        }
      >
        {verdict(report)}
      </Say>
      {outcome === 'failed' ? <OtherBackups backup={backup} /> : null}
      <Section title="Checks">
        <Table
          label="Checks, one by one"
          columns={[{ name: 'Check' }, { name: 'Outcome' }, { name: 'What was found' }]}
        >
          {checks.map((check) => (
            <tr key={check.name}>
              <Cell isHead isWrapped>
                {check.name}
              </Cell>
              <Cell>
                <OutcomeWord outcome={check.outcome} />
              </Cell>
              <Cell isWrapped>
                <span className="text-ink-2">{check.detail}</span>
              </Cell>
            </tr>
          ))}
        </Table>
      </Section>
      {notCovered.length === 0 ? null : (
        <Section title="Not covered" note="This level can't see it; it doesn't fail it.">
          <Table label="What is not covered" columns={[{ name: 'Object' }, { name: 'Why' }]}>
            {notCovered.map(({ object, why }) => (
              <tr key={`${object} ${why}`}>
                <Cell isHead isWrapped>
                  {object}
                </Cell>
                <Cell isWrapped>{why}</Cell>
              </tr>
            ))}
          </Table>
        </Section>
      )}
      {phases.length === 0 ? null : (
        <Section title="Time">
          <Table label="Time by phase" columns={[{ name: 'Phase' }, { name: 'Took', isNumber: true }]}>
            {phases.map(({ name, durationMs }) => (
              <tr key={name}>
                <Cell isHead>{name}</Cell>
                <Cell isNumber>{formatDuration(durationMs)}</Cell>
              </tr>
            ))}
          </Table>
        </Section>
      )}
      <div className="flex flex-wrap gap-2">
        <LinkButton href={`/backups/${backup.id}`}>Show the backup</LinkButton>
        <LinkButton href={`/backups/${backup.id}/validate?level=${level}`}>Run another level</LinkButton>
        <LinkButton href="/">Go to the overview</LinkButton>
      </div>
    </>
  )
}
