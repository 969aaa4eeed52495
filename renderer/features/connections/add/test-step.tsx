import type { ServerInfo } from '../../../../preload/contract/index.ts'
import { LinkButton } from '../../../ui/button.tsx'
import { Loading, Say } from '../../../ui/page.tsx'
import { ServerInfoView } from '../server-info.tsx'
import { TestFailure } from '../test-failure.tsx'
import type { Tried } from '../use-try.ts'
import type { ConnectionForm } from '../profile.ts'
import { whereText } from '../profile.ts'
import { Callout } from '../../../ui/callout.tsx'
import { Button } from '../../../ui/button.tsx'

/** Whether the database answers, before anything is saved. */
export function TestStep({
  form,
  tried,
  isPasswordLost,
  onTest,
}: {
  readonly form: ConnectionForm
  readonly tried: Tried<ServerInfo>
  readonly isPasswordLost: boolean
  readonly onTest: () => void
}) {
  return (
    <>
      <Say small={<code className="font-mono text-sm break-all">{whereText(form)}</code>}>
        {tried.state === 'done'
          ? `${form.name} answers.`
          : tried.state === 'failed'
            ? `${form.name} can not be backed up like this.`
            : `Does ${form.name} answer?`}
      </Say>
      {isPasswordLost ? (
        <Callout
          tone="warn"
          word="Password missing"
          actions={
            <LinkButton size="sm" href="/connections/new?step=details">
              Type the password
            </LinkButton>
          }
        >
          The page was loaded again, and passwords are not kept over that.
        </Callout>
      ) : null}
      {tried.state === 'idle' ? (
        <div>
          <Button onPress={onTest}>Test now</Button>
        </div>
      ) : null}
      {tried.state === 'pending' ? <Loading what="what the database says" /> : null}
      {tried.state === 'failed' ? (
        <>
          <TestFailure engine={form.engine} error={tried.error} isTunnelled={form.sshBy !== 'none'} onRetry={onTest} />
          <div>
            <LinkButton href="/connections/new?step=details">Change the details</LinkButton>
          </div>
        </>
      ) : null}
      {tried.state === 'done' ? (
        <>
          <ServerInfoView info={tried.data} engine={form.engine} />
          <div>
            <Button onPress={onTest}>Test again</Button>
          </div>
        </>
      ) : null}
    </>
  )
}
