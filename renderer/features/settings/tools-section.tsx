import { useMethod } from '../../lib/api.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { Button } from '../../ui/button.tsx'
import { Loading, Say } from '../../ui/page.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { QueryState } from '../errors/query-state.tsx'
import { OutcomeWord } from '../words/words.tsx'
import { doctorSentence } from './doctor-words.ts'
import { ToolFolders } from './tool-folders.tsx'

const columns = [{ name: 'What' }, { name: 'Outcome' }, { name: 'What was seen' }, { name: 'What to do' }]

/** Everything that Holdfast stands on, looked at: tools, keys, catalog, space, destinations. */
export function ToolsSection() {
  const doctor = useMethod('doctor.run', {})
  return (
    <>
      <QueryState query={doctor} what="tools and health">
        {(report) => (
          <>
            <Say small="Looked at: the vendors’ tools and which of them are used, secrets, catalog, space, each destination, and what interrupted jobs left.">
              {doctorSentence(report)}
            </Say>
            <Table label="Tools and health" columns={columns}>
              {report.checks.map(({ name, outcome, detail, remedy }) => (
                <tr key={name}>
                  <Cell isHead>{name}</Cell>
                  <Cell>
                    <OutcomeWord outcome={outcome} />
                  </Cell>
                  <Cell isWrapped>
                    <span className="block min-w-44 wrap-anywhere">{detail}</span>
                  </Cell>
                  <Cell isWrapped>
                    <span className="block min-w-36 wrap-anywhere">
                      {remedy ?? <span className="text-ink-3">nothing</span>}
                    </span>
                  </Cell>
                </tr>
              ))}
            </Table>
          </>
        )}
      </QueryState>
      <div className="flex flex-wrap items-center gap-3">
        <Button isPending={doctor.isFetching} onPress={() => void doctor.refetch()}>
          Look again
        </Button>
        {doctor.isFetching && doctor.data !== undefined ? <Loading what="what is there now" /> : null}
      </div>
      <CliEquivalent command={cliCommand(['doctor'])} />
      <ToolFolders />
    </>
  )
}
