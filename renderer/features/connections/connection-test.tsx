import type { Connection, ServerInfo } from '../../../preload/contract/index.ts'
import { call } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { Section } from '../../ui/box.tsx'
import { Loading } from '../../ui/page.tsx'
import { cliCommand } from '../../lib/cli-command.ts'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { ServerInfoView } from './server-info.tsx'
import { TestFailure } from './test-failure.tsx'
import { useTry } from './use-try.ts'

/** Asks the server or the file now, with what is stored. */
export function ConnectionTest({ connection }: { readonly connection: Connection }) {
  const { tried, run } = useTry<ServerInfo>()
  const test = () => void run(() => call('connections.test', { connection: connection.id }))
  return (
    <Section
      title="Test"
      note="Connects, and tells version, databases, and the tools that would be used."
      actions={
        <Button size="sm" onPress={test} isPending={tried.state === 'pending'}>
          {tried.state === 'idle' ? 'Test now' : 'Test again'}
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        {tried.state === 'pending' ? <Loading what="what the database says" /> : null}
        {tried.state === 'failed' ? (
          <TestFailure
            engine={connection.engine}
            error={tried.error}
            isTunnelled={connection.profile['ssh'] !== undefined}
            onRetry={test}
          />
        ) : null}
        {tried.state === 'done' ? <ServerInfoView info={tried.data} engine={connection.engine} /> : null}
        <CliEquivalent command={cliCommand(['connection', 'test', connection.name])} />
      </div>
    </Section>
  )
}
