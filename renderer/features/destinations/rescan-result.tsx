import { useJobResult } from '../jobs/use-job-result.ts'
import { JobCard } from '../jobs/job-card.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { Box, Section } from '../../ui/box.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Loading } from '../../ui/page.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { plural } from '../../lib/format.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'

/** A rescan: under way, or what it found. */
export function RescanView({
  jobId,
  destination,
}: {
  readonly jobId: string
  readonly destination: string | undefined
}) {
  const view = useJobResult('rescan', jobId)
  return (
    <Section title="Rescan">
      <div className="flex flex-col gap-3">
        {view === null || view.state === 'loading' ? <Loading what="the rescan" /> : null}
        {view?.state === 'running' ? (
          <Box>
            <JobCard job={view.job} />
          </Box>
        ) : null}
        {view?.state === 'failed' ? <ErrorNotice error={view.error} /> : null}
        {view?.state === 'cancelled' ? (
          <Callout tone="stopped" word="Cancelled">
            What was found until then was added.
          </Callout>
        ) : null}
        {view?.state === 'done' ? (
          <>
            <Callout tone="ok" word="Done" isAlert>
              {plural(view.result.found, 'backup')} found, {view.result.added} of them new to the catalog.
              {view.result.orphans.length === 0 ? ' Nothing else lies there.' : ''}
            </Callout>
            {view.result.orphans.length === 0 ? null : (
              <Table label="Files that belong to no backup" columns={[{ name: 'File' }, { name: 'Why' }]}>
                {view.result.orphans.map(({ location, why }) => (
                  <tr key={location}>
                    <Cell isHead>
                      <code className="font-mono text-sm">{location}</code>
                    </Cell>
                    <Cell isWrapped>{why}</Cell>
                  </tr>
                ))}
              </Table>
            )}
          </>
        ) : null}
        {destination === undefined ? null : (
          <CliEquivalent command={cliCommand(['destination', 'rescan', destination])} />
        )}
      </div>
    </Section>
  )
}
