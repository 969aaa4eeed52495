import type { RestoreDetail, RestoreResult } from '../../../preload/contract/index.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { formatDuration, formatExact, plural } from '../../lib/format.ts'
import { Box, Facts, Section } from '../../ui/box.tsx'
import { TextLink } from '../../ui/button.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { OutcomeWord } from '../words/words.tsx'
import { Warnings } from './plan-findings.tsx'
import { planFileName } from './save-plan.ts'

/** What proves a restore: checks, what they could not see, hooks, phases. */
export function ResultDetails({
  result,
  restore,
  isActing,
}: {
  readonly result: RestoreResult
  readonly restore: RestoreDetail
  /** Something else is being done with it, which has a command of its own. */
  readonly isActing: boolean
}) {
  const { checks, notCovered, warnings, hooks, phases } = result
  const passed = checks.filter(({ outcome }) => outcome === 'passed').length
  return (
    <>
      <div className="grid grid-cols-[minmax(0,1fr)_320px] items-start gap-5 max-xl:grid-cols-1">
        <div className="flex min-w-0 flex-col gap-5">
          {checks.length === 0 ? null : (
            <Section title="Checks" note={`${String(passed)} of ${String(checks.length)} passed`}>
              <Table
                label="Outcome of each check"
                columns={[{ name: 'Check' }, { name: 'Outcome' }, { name: 'Detail' }]}
              >
                {checks.map(({ name, outcome, detail }) => (
                  <tr key={name}>
                    <Cell isHead>{name}</Cell>
                    <Cell>
                      <OutcomeWord outcome={outcome} />
                    </Cell>
                    <Cell isWrapped>{detail}</Cell>
                  </tr>
                ))}
              </Table>
            </Section>
          )}
          {notCovered.length === 0 ? null : (
            <Section title="Not covered" note="What the comparison cannot see">
              <Table label="Objects that are not covered" columns={[{ name: 'Object' }, { name: 'Why' }]}>
                {notCovered.map(({ object, why }) => (
                  <tr key={`${object} ${why}`}>
                    <Cell isHead>{object}</Cell>
                    <Cell isWrapped>{why}</Cell>
                  </tr>
                ))}
              </Table>
            </Section>
          )}
          {hooks.length === 0 ? null : (
            <Section title="Hooks">
              <Table
                label="Outcome of each hook"
                columns={[
                  { name: 'Hook' },
                  { name: 'When' },
                  { name: 'Outcome' },
                  { name: 'Took', isNumber: true },
                  { name: 'Detail' },
                ]}
              >
                {hooks.map((hook) => (
                  <tr key={`${hook.phase} ${hook.name}`}>
                    <Cell isHead>{hook.name}</Cell>
                    <Cell>{hook.phase.replaceAll('-', ' ')}</Cell>
                    <Cell>
                      <OutcomeWord outcome={hook.outcome} />
                    </Cell>
                    <Cell isNumber>{formatDuration(hook.durationMs)}</Cell>
                    <Cell isWrapped>{hook.detail}</Cell>
                  </tr>
                ))}
              </Table>
            </Section>
          )}
          <Warnings warnings={warnings} />
        </div>
        <div className="flex flex-col gap-4 max-xl:order-first">
          <Box padded>
            <Facts
              facts={[
                ['Started', formatExact(restore.startedAt)],
                ...(restore.finishedAt === null ? [] : [['Ended', formatExact(restore.finishedAt)] as const]),
                [
                  'Backup',
                  <TextLink key="backup" href={`/backups/${restore.backup}`}>
                    {restore.backup}
                  </TextLink>,
                ],
                ['Server', result.target.server],
                [
                  'Safety backup',
                  restore.safetyBackup === null ? (
                    (restore.plan?.safetyBackup.reason ?? 'none')
                  ) : (
                    <TextLink key="safety" href={`/backups/${restore.safetyBackup}`}>
                      {restore.safetyBackup}
                    </TextLink>
                  ),
                ],
                [
                  'Database',
                  <span key="database" className="font-mono break-all">
                    {restore.database}
                  </span>,
                ],
                ['Away', result.awayMs === null ? 'at no time' : formatDuration(result.awayMs)],
                [
                  'Log',
                  <TextLink key="log" href={`/activity/${restore.jobId}`}>
                    {plural(phases.length, 'phase')}
                  </TextLink>,
                ],
              ]}
            />
            {phases.length === 0 ? null : (
              <>
                <h2 className="mt-3 mb-1.5 text-base">Phases</h2>
                <Facts
                  facts={phases.map(({ name, durationMs }, index) => [
                    `${String(index + 1)}. ${name}`,
                    formatDuration(durationMs),
                  ])}
                />
              </>
            )}
          </Box>
        </div>
      </div>
      {restore.plan === null || isActing ? null : (
        <CliEquivalent
          command={cliCommand(['restore', 'apply', planFileName(restore.plan)], { confirm: restore.plan.confirm })}
        />
      )}
    </>
  )
}
