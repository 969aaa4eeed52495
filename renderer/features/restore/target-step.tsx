import { toAppError, type BackupDetail, type Connection } from '../../../preload/contract/index.ts'
import { useAction, useMethod } from '../../lib/api.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { formatMoment } from '../../lib/format.ts'
import { useNow } from '../../lib/now.ts'
import { Button, LinkButton } from '../../ui/button.tsx'
import { Say } from '../../ui/page.tsx'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { QueryState } from '../errors/query-state.tsx'
import { Answers } from '../../ui/answers.tsx'
import {
  missingChoice,
  planCommandOptions,
  planRequest,
  TargetChoice,
  withConnection,
  withMode,
} from './target-choice.ts'
import { ExistingTarget } from './existing-target.tsx'
import { ModeChoice } from './mode-choice.tsx'
import { partsSentence, whyNotInMode } from './parts-choice.ts'
import { RestoreOptions } from './restore-options.tsx'
import { NewTarget } from './new-target.tsx'
import { SafetyField } from './safety-field.tsx'
import { TargetConnection } from './target-connection.tsx'
import { useSafety } from './wizard-memory.ts'
import { useWizard } from './use-wizard.ts'
import { FooterEnd, WizardFrame } from './wizard-frame.tsx'

/** Step 3: where it is restored, and how. A new database unless something else is chosen. */
export function TargetStep() {
  const { search, hrefOf } = useWizard()
  const backup = useMethod('backups.get', { backup: search.backup ?? '' })
  const connections = useMethod('connections.list', {})
  if (backup.data !== undefined && connections.data !== undefined) {
    return <Target backup={backup.data} connections={connections.data} />
  }
  return (
    <WizardFrame step="target" title={null} footer={<LinkButton href={hrefOf('contents')}>Back</LinkButton>}>
      <QueryState query={backup} what="the backup">
        {() => (
          <QueryState query={connections} what="the connections">
            {() => null}
          </QueryState>
        )}
      </QueryState>
    </WizardFrame>
  )
}

function Target({
  backup,
  connections,
}: {
  readonly backup: BackupDetail
  readonly connections: readonly Connection[]
}) {
  const { search, go, hrefOf } = useWizard()
  const now = useNow()
  const start = useAction('restores.plan')
  const [safety, changeSafety] = useSafety(backup.id)
  const choice = search.target ?? TargetChoice.parse({})
  const fitting = connections.filter(({ engine }) => engine === backup.engine)
  const connection =
    fitting.find(({ id, name }) => (choice.to === undefined ? name === backup.connection : id === choice.to)) ?? null
  const subject = { backup, connection }
  const missing = missingChoice(choice, subject, safety)
  const change = (part: Partial<TargetChoice>) => go({ target: { ...choice, ...part } }, { replace: true })
  const plan = () =>
    start.mutate(planRequest(choice, subject, safety), {
      onSuccess: ({ jobId }) => go({ step: 'plan', target: choice, plan: jobId, job: undefined }),
    })
  return (
    <WizardFrame
      step="target"
      title={`${backup.connection}, ${formatMoment(backup.startedAt, now)}`}
      footer={
        <>
          <LinkButton href={hrefOf('contents')}>Back</LinkButton>
          <FooterEnd waitsFor={missing ?? 'The plan changes nothing.'}>
            <Button variant="primary" isDisabled={missing !== null} isPending={start.isPending} onPress={plan}>
              Make the plan
            </Button>
          </FooterEnd>
        </>
      }
    >
      <Say small="A plan comes next. It says what would change, and touches nothing.">Where is it to be restored?</Say>
      {start.error === null ? null : <ErrorNotice error={toAppError(start.error)} word="No plan" />}
      <div className="flex max-w-[760px] flex-col gap-5">
        <Answers
          label="What is restored"
          answers={[
            {
              question: 'What is restored',
              answer: partsSentence(choice, backup),
              changeHref: hrefOf('contents'),
            },
          ]}
        />
        <ModeChoice
          mode={choice.mode}
          whyNot={(mode) => whyNotInMode(mode, choice, backup)}
          onChange={(mode) => go({ target: withMode(choice, mode) }, { replace: true })}
        />
        <TargetConnection
          connections={fitting}
          chosen={connection}
          backup={backup}
          onChange={(to) => go({ target: withConnection(choice, to) }, { replace: true })}
        />
        {connection === null ? null : choice.mode === 'new' ? (
          <NewTarget choice={choice} backup={backup} onChange={change} />
        ) : (
          <>
            <ExistingTarget choice={choice} backup={backup} connection={connection} onChange={change} />
            <SafetyField safety={safety} onChange={changeSafety} />
          </>
        )}
        {connection === null ? null : <RestoreOptions choice={choice} backup={backup} onChange={change} />}
      </div>
      {missing === null ? (
        <CliEquivalent
          command={cliCommand(['restore', 'plan', backup.id], {
            ...planCommandOptions(choice, subject, safety),
            output: 'plan.json',
          })}
        />
      ) : null}
    </WizardFrame>
  )
}
