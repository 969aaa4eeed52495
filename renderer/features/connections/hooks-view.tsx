import type { Connection, Hook, RestoreCheck } from '../../../preload/contract/index.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { plural } from '../../lib/format.ts'
import { Section } from '../../ui/box.tsx'
import { Code } from '../../ui/code.tsx'
import { Cell, Table } from '../../ui/table.tsx'

const phases: Readonly<Record<Hook['phase'], string>> = {
  before: 'before it',
  'after-success': 'after it succeeded',
  'after-always': 'after it, always',
}

/** What runs around backups and restores, and what is asked of a restored database. Set on the command line alone. */
export function HooksView({ connection }: { readonly connection: Connection }) {
  const { name, hooks, checks } = connection
  return (
    <Section title="Hooks and checks" note={`${plural(hooks.length, 'hook')}, ${plural(checks.length, 'check')}`}>
      <div className="flex flex-col gap-3">
        {hooks.length === 0 ? null : (
          <Table
            label="Hooks, in the order in which they run"
            columns={[{ name: 'Hook' }, { name: 'Runs' }, { name: 'Does' }, { name: 'Time limit', isNumber: true }]}
          >
            {hooks.map((hook) => (
              <tr key={hook.name}>
                <Cell isHead>{hook.name}</Cell>
                <Cell>{`${hook.on}, ${phases[hook.phase]}`}</Cell>
                <Cell>
                  <code className="block max-w-[420px] truncate font-mono text-sm">{actionText(hook.action)}</code>
                </Cell>
                <Cell isNumber>{hook.timeoutSeconds} s</Cell>
              </tr>
            ))}
          </Table>
        )}
        {checks.length === 0 ? null : (
          <Table
            label="Checks of a restored database"
            columns={[{ name: 'Check' }, { name: 'Asks' }, { name: 'Time limit', isNumber: true }]}
          >
            {checks.map((check) => (
              <tr key={check.name}>
                <Cell isHead>{check.name}</Cell>
                <Cell>
                  <code className="block max-w-[420px] truncate font-mono text-sm">{testText(check.test)}</code>
                </Cell>
                <Cell isNumber>{check.timeoutSeconds} s</Cell>
              </tr>
            ))}
          </Table>
        )}
        <p className="m-0 text-ink-2">
          Hooks run around backups and restores; checks are asked of every database that was restored. Both can run
          programs, so they are set on the command line alone, from a JSON file (docs/hooks.md):
        </p>
        <Code label="the command">
          {cliCommand(['connection', 'edit', name], { hooks: 'hooks.json', checks: 'checks.json' })}
        </Code>
      </div>
    </Section>
  )
}

function actionText(action: Hook['action']): string {
  switch (action.kind) {
    case 'command':
      return action.argv.join(' ')
    case 'sql':
      return action.sql
    case 'url':
      return `${action.method} ${action.url}`
  }
}

function testText(test: RestoreCheck['test']): string {
  switch (test.kind) {
    case 'query':
      return test.sql
    case 'url':
      return test.url
    case 'command':
      return test.argv.join(' ')
  }
}
