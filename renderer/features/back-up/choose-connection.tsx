import type { Connection } from '../../../preload/contract/index.ts'
import { LinkButton } from '../../ui/button.tsx'
import { Say } from '../../ui/page.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { formOf, whereText } from '../connections/profile.ts'
import { EnvironmentTag } from '../words/environment-tag.tsx'
import { engineNames } from '../words/words.tsx'

/** Which connection, where the address names none and there are several. */
export function ChooseConnection({ connections }: { readonly connections: readonly Connection[] }) {
  return (
    <>
      <Say>Which database?</Say>
      <Table
        label="Connections"
        columns={[{ name: 'Connection' }, { name: 'Where' }, { name: 'Back up', isHidden: true }]}
      >
        {connections.map((connection) => (
          <tr key={connection.id}>
            <Cell isHead isTall>
              <span className="font-medium">{connection.name}</span>
              <EnvironmentTag environment={connection.environment} />
              <span className="block text-sm text-ink-3">{engineNames[connection.engine]}</span>
            </Cell>
            <Cell isTall>
              <code className="block max-w-[320px] truncate font-mono text-sm text-ink-2">
                {whereText(formOf(connection))}
              </code>
            </Cell>
            <Cell isTall isNumber>
              <LinkButton size="sm" href={`/back-up?connection=${connection.id}`} label={`Choose ${connection.name}`}>
                Choose
              </LinkButton>
            </Cell>
          </tr>
        ))}
      </Table>
    </>
  )
}
