import { useMethod } from '../../lib/api.ts'
import { TextLink } from '../../ui/button.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { QueryState } from '../errors/query-state.tsx'
import { EnvironmentTag } from '../words/environment-tag.tsx'
import { DatabaseStateWord, engineNames } from '../words/words.tsx'

/** The databases that have backups, or should have some. */
export function DatabaseList() {
  const status = useMethod('status.get', {})
  return (
    <QueryState query={status} what="the databases">
      {({ databases }) => (
        <Table
          label="Databases"
          columns={[
            { name: 'Connection' },
            { name: 'Database' },
            { name: 'Engine' },
            { name: 'State' },
            { name: 'Last good backup' },
            { name: 'Last proof' },
          ]}
        >
          {databases.map((each) => (
            <tr key={`${each.connectionId} ${each.database}`}>
              <Cell isHead>
                <TextLink href={`/restore?step=backup&connection=${each.connectionId}`}>{each.connection}</TextLink>
                <EnvironmentTag environment={each.environment} />
              </Cell>
              <Cell>{each.database}</Cell>
              <Cell>{engineNames[each.engine]}</Cell>
              <Cell>
                <DatabaseStateWord state={each.state} />
              </Cell>
              <Cell>{each.lastGoodAt === null ? 'never' : <Time at={each.lastGoodAt} />}</Cell>
              <Cell>{each.lastProvenAt === null ? 'never' : <Time at={each.lastProvenAt} />}</Cell>
            </tr>
          ))}
        </Table>
      )}
    </QueryState>
  )
}
