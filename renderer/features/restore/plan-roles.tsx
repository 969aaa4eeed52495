import type { PlanRole } from '../../../preload/contract/index.ts'
import { plural } from '../../lib/format.ts'
import { Section } from '../../ui/box.tsx'
import { Status, type Tone } from '../../ui/status.tsx'
import { Cell, Table } from '../../ui/table.tsx'

const words: Readonly<Record<PlanRole['action'], readonly [tone: Tone, word: string]>> = {
  create: ['ok', 'Is made'],
  alter: ['warn', 'Is changed'],
  leave: ['none', 'Stays as it is'],
  missing: ['bad', 'Missing'],
}

const order: readonly PlanRole['action'][] = ['missing', 'alter', 'create', 'leave']

/** What becomes of the server's roles and tablespaces that the backup names. */
export function PlanRoles({ roles }: { readonly roles: readonly PlanRole[] }) {
  if (roles.length === 0) return null
  const sorted = roles.toSorted((a, b) => order.indexOf(a.action) - order.indexOf(b.action))
  return (
    <Section title="Roles and tablespaces of the server" note={plural(roles.length, 'name')}>
      <Table
        label="Roles and tablespaces"
        columns={[{ name: 'Name' }, { name: 'Kind' }, { name: 'What becomes of it' }, { name: 'Statement' }]}
      >
        {sorted.map(({ kind, name, action, statement, why }) => (
          <tr key={`${kind} ${name}`}>
            <Cell isHead>{name}</Cell>
            <Cell>{kind}</Cell>
            <Cell>
              <Status tone={words[action][0]}>{words[action][1]}</Status>
            </Cell>
            <Cell isWrapped>
              {statement === null ? null : <code className="block min-w-60 py-1 font-mono text-sm">{statement}</code>}
              {why === null ? null : <span className="text-sm text-ink-2">{why}</span>}
            </Cell>
          </tr>
        ))}
      </Table>
    </Section>
  )
}
