import { useMethod } from '../../lib/api.ts'
import { Section } from '../../ui/box.tsx'
import { TextLink } from '../../ui/button.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { QueryState } from '../errors/query-state.tsx'
import { EnvironmentTag } from '../words/environment-tag.tsx'
import { modeNames, RestoreStateWord, shortDatabase } from './restore-words.tsx'

/** Restores from before, with what can still be undone. Nothing where there are none. */
export function EarlierRestores() {
  const restores = useMethod('restores.list', { limit: 20 })
  const connections = useMethod('connections.list', {})
  return (
    <QueryState query={restores} what="earlier restores">
      {(all) =>
        all.length === 0 ? null : (
          <Section title="Earlier restores">
            <Table
              label="Earlier restores, newest first"
              columns={[
                { name: 'Started' },
                { name: 'Database' },
                { name: 'Connection' },
                { name: 'Mode' },
                { name: 'State' },
                { name: 'Can be undone' },
              ]}
            >
              {all.map((restore) => (
                <tr key={restore.id}>
                  <Cell isHead>
                    <Time at={restore.startedAt} />
                  </Cell>
                  <Cell>
                    <TextLink href={`/restores/${restore.id}`}>{shortDatabase(restore.database)}</TextLink>
                  </Cell>
                  <Cell>
                    {restore.connection}
                    <EnvironmentTag
                      environment={
                        connections.data?.find(({ name }) => name === restore.connection)?.environment ?? null
                      }
                    />
                  </Cell>
                  <Cell>{modeNames[restore.mode]}</Cell>
                  <Cell>
                    <RestoreStateWord restore={restore} />
                  </Cell>
                  <Cell>
                    {restore.state === 'applied' && restore.retired !== null ? (
                      restore.undoUntil === null ? (
                        'yes'
                      ) : (
                        <>
                          until <Time at={restore.undoUntil} /> at least
                        </>
                      )
                    ) : (
                      'no'
                    )}
                  </Cell>
                </tr>
              ))}
            </Table>
          </Section>
        )
      }
    </QueryState>
  )
}
