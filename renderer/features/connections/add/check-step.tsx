import type { ServerInfo } from '../../../../preload/contract/index.ts'
import { useMethod } from '../../../lib/api.ts'
import { Answers } from '../../../ui/answers.tsx'
import { Callout } from '../../../ui/callout.tsx'
import { Say } from '../../../ui/page.tsx'
import { Status } from '../../../ui/status.tsx'
import { CliEquivalent } from '../../commands/cli-equivalent.tsx'
import { EnvironmentTag } from '../../words/environment-tag.tsx'
import { engineNames } from '../../words/words.tsx'
import { isUnverified, whereText } from '../profile.ts'
import { sshText } from '../ssh.ts'
import type { Tried } from '../use-try.ts'
import { addCommand, type ConnectionAnswers } from './draft.ts'

const hrefOf = (step: string) => `/connections/new?step=${step}`

/** All answers on one page; nothing is stored before this. */
export function CheckStep({
  answers,
  tried,
  isPasswordLost,
}: {
  readonly answers: ConnectionAnswers
  readonly tried: Tried<ServerInfo>
  readonly isPasswordLost: boolean
}) {
  const { form, hasPassword, environment } = answers
  const secrets = useMethod('secrets.status', {})
  const store = secrets.data?.store === 'keychain' ? 'the keychain of the system' : 'the encrypted vault'
  const password = isPasswordLost
    ? 'Lost with the reload: type it again'
    : hasPassword
      ? `Will be stored in ${store}`
      : 'None'
  return (
    <>
      <Say small="Nothing has been stored yet.">Save {form.name}?</Say>
      <Answers
        label="Your answers"
        answers={[
          { question: 'Engine', answer: engineNames[form.engine], changeHref: hrefOf('engine') },
          {
            question: 'Name',
            answer: (
              <>
                {form.name}
                <EnvironmentTag environment={environment} />
              </>
            ),
            changeHref: hrefOf('details'),
          },
          {
            question: form.engine === 'sqlite' ? 'File' : 'Server',
            answer: <code className="font-mono text-sm break-all">{whereText(form)}</code>,
            changeHref: hrefOf('details'),
          },
          ...(form.engine === 'sqlite'
            ? []
            : [
                { question: 'User', answer: form.user || 'Not provided', changeHref: hrefOf('details') },
                { question: 'Password', answer: password, changeHref: hrefOf('details') },
                { question: 'TLS', answer: form.tls, changeHref: hrefOf('details') },
                {
                  question: 'Through SSH',
                  answer:
                    form.sshBy === 'none' ? (
                      'No'
                    ) : (
                      <code className="font-mono text-sm break-all">
                        {sshText(form)}, host key {form.sshHostKey}
                      </code>
                    ),
                  changeHref: hrefOf('details'),
                },
              ]),
          { question: 'Environment', answer: environment ?? 'Not provided', changeHref: hrefOf('environment') },
          { question: 'Test', answer: <TestWord tried={tried} />, changeHref: hrefOf('test') },
        ]}
      />
      {isUnverified(form) ? (
        <Callout tone="warn" word="TLS not verified">
          What is sent to {form.host} could be read or changed on its way: nobody checks who answers.{' '}
          {environment === 'production'
            ? 'Nothing is backed up or restored through a production connection like this, until that is accepted with a reason on its page. '
            : ''}
          The TLS mode verify-full mends it, or an SSH tunnel.
        </Callout>
      ) : null}
      <CliEquivalent command={addCommand(answers)} />
    </>
  )
}

function TestWord({ tried }: { readonly tried: Tried<ServerInfo> }) {
  switch (tried.state) {
    case 'done':
      return <Status tone="ok">{`Answered: ${tried.data.product} ${tried.data.version}`}</Status>
    case 'failed':
      return <Status tone="bad">Failed</Status>
    case 'pending':
      return <Status tone="running">Running</Status>
    case 'idle':
      return <Status tone="none">Not tested</Status>
  }
}
