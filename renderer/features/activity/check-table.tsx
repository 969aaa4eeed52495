import type { Check, NotCovered } from '../../../preload/contract/index.ts'
import { plural } from '../../lib/format.ts'
import { Section } from '../../ui/box.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { OutcomeWord } from '../words/words.tsx'

/** Checks with their outcomes, and what they could not see. */
export function CheckTable({
  checks,
  notCovered,
}: {
  readonly checks: readonly Check[]
  readonly notCovered: readonly NotCovered[]
}) {
  return (
    <Section title="Checks" note={plural(checks.length, 'check')}>
      <Table
        label="Checks and their outcomes"
        columns={[{ name: 'Check' }, { name: 'Outcome' }, { name: 'What was seen' }]}
      >
        {checks.map(({ name, outcome, detail }) => (
          <tr key={name}>
            <Cell isHead isWrapped>
              {name}
            </Cell>
            <Cell>
              <OutcomeWord outcome={outcome} />
            </Cell>
            <Cell isWrapped>{detail ?? ''}</Cell>
          </tr>
        ))}
      </Table>
      {notCovered.length === 0 ? null : (
        <>
          <p className="mt-3 mb-1 font-medium">Not covered by these checks</p>
          <ul className="m-0 pl-5 text-ink-2">
            {notCovered.map(({ object, why }) => (
              <li key={object + why}>
                {object}: {why}
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  )
}
