import { useEffect, useState } from 'react'
import { toAppError, type RestorePlan } from '../../../preload/contract/index.ts'
import { useAction, useMethod } from '../../lib/api.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { formatAgo, formatBytes, formatMoment } from '../../lib/format.ts'
import { useNow } from '../../lib/now.ts'
import { Answers } from '../../ui/answers.tsx'
import { Button, LinkButton } from '../../ui/button.tsx'
import { Loading, Say } from '../../ui/page.tsx'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { useJobResult } from '../jobs/use-job-result.ts'
import { EnvironmentTag } from '../words/environment-tag.tsx'
import { BadgeWord } from '../words/words.tsx'
import { AppliedBefore, useAppliedBefore } from './applied-before.tsx'
import { checklistOf, openNote } from './checklist.ts'
import { ConfirmBox, missingConfirmation, unconfirmed } from './confirm-box.tsx'
import { readable } from './finding-words.ts'
import { changesInShort } from './plan-words.ts'
import { shortDatabase } from './restore-words.tsx'
import { planFileName } from './save-plan.ts'
import { undoWords } from './undo-words.ts'
import { useWizard } from './use-wizard.ts'
import { useUsersTold } from './wizard-memory.ts'
import { FooterEnd, WizardFrame } from './wizard-frame.tsx'

/** Step 5: the answers are checked, the name is typed, and it starts. Without a plan that can be applied there is no such step. */
export function ConfirmStep() {
  const { search, go } = useWizard()
  const view = useJobResult('restore-plan', search.plan ?? null)
  const plan = view?.state === 'done' ? view.result : null
  const isLoading = view?.state === 'loading'
  const isReady = plan !== null && plan.blockers.length === 0
  useEffect(() => {
    if (!isLoading && !isReady) go({ step: 'plan' }, { replace: true })
  })
  if (plan !== null && isReady) return <Confirm key={plan.hash} plan={plan} />
  return (
    <WizardFrame step="confirm" title={null}>
      <Loading what="the plan" />
    </WizardFrame>
  )
}

function Confirm({ plan }: { readonly plan: RestorePlan }) {
  const { go, hrefOf } = useWizard()
  const now = useNow()
  const backup = useMethod('backups.get', { backup: plan.backup })
  const applied = useAppliedBefore(plan)
  const note = useAction('audit.note')
  const apply = useAction('restores.apply')
  const [isTold] = useUsersTold(plan.hash)
  const [confirmation, setConfirmation] = useState(unconfirmed)
  const { target } = plan
  const isOver = target.exists
  const name = shortDatabase(target.database)
  const badge = backup.data?.badge ?? null
  const waitsFor =
    applied !== null
      ? 'This plan was applied already. Plan again.'
      : isOver
        ? missingConfirmation(confirmation, plan.confirm, target.environment)
        : null
  const isBusy = note.isPending || apply.isPending
  const error = note.error ?? apply.error
  const start = async () => {
    if (waitsFor !== null || isBusy) return
    const open = openNote(plan, checklistOf(plan, badge, isTold))
    // What is left open is written down first: without that it does not start.
    if (open !== null) await note.mutateAsync({ subject: plan.backup, note: open })
    const { jobId } = await apply.mutateAsync({ plan, confirm: isOver ? confirmation.typed : plan.confirm })
    go({ step: 'run', job: jobId }, { replace: true })
  }
  return (
    <WizardFrame
      step="confirm"
      title={
        backup.data === undefined ? null : `${backup.data.connection}, ${formatMoment(backup.data.startedAt, now)}`
      }
      footer={
        <>
          <LinkButton href={hrefOf('plan')}>Back</LinkButton>
          <FooterEnd waitsFor={waitsFor}>
            <Button
              variant={isOver ? 'danger' : 'primary'}
              isDisabled={waitsFor !== null}
              isPending={isBusy}
              // What failed stands on the page.
              onPress={() => void start().catch(() => undefined)}
            >
              {deedOf(plan)}
            </Button>
          </FooterEnd>
        </>
      }
    >
      <Say
        small={
          isOver
            ? 'Nothing happens before the name is typed and the button at the right is pressed.'
            : 'A new database is made. Nothing that exists is touched.'
        }
      >
        {deedOf(plan)} on {target.server}
        <EnvironmentTag environment={target.environment} />?
      </Say>
      <AppliedBefore restore={applied} />
      {error === null ? null : (
        <div className="flex flex-col items-start gap-2">
          <ErrorNotice error={toAppError(error)} word="Not started" />
          <LinkButton href={hrefOf('plan')}>Look at the plan, and plan again</LinkButton>
        </div>
      )}
      <div className="max-w-[760px]">
        <Answers
          label="What will be done"
          answers={[
            {
              question: 'Backup',
              answer:
                backup.data === undefined ? (
                  plan.backup
                ) : (
                  <span className="inline-flex flex-wrap gap-x-3">
                    <span>
                      {formatMoment(backup.data.startedAt, now)} ({formatAgo(backup.data.startedAt, now)})
                      {backup.data.artifactBytes === null ? '' : `, ${formatBytes(backup.data.artifactBytes)}`}
                    </span>
                    <BadgeWord badge={backup.data.badge} />
                  </span>
                ),
              changeHref: hrefOf('backup'),
            },
            {
              question: 'Target',
              answer: (
                <>
                  <span className="font-mono break-all">{name}</span> on {target.connection}
                  <EnvironmentTag environment={target.environment} />
                </>
              ),
              changeHref: hrefOf('target'),
            },
            { question: 'Changes', answer: changesInShort(plan), changeHref: hrefOf('plan'), changeWord: 'Show' },
            ...(isOver ? [lossAnswer(plan, hrefOf('plan')), safetyAnswer(plan, hrefOf('target'))] : []),
            ...(isOver
              ? [
                  {
                    question: 'Sessions of others',
                    answer: plan.disconnectOthers ? 'Are ended' : 'Stop it',
                    changeHref: hrefOf('target'),
                  },
                ]
              : []),
            {
              question: 'Undo',
              answer: undoWords(plan, now),
              ...(plan.mode === 'swap' ? { changeHref: hrefOf('target') } : {}),
            },
          ]}
        />
      </div>
      {isOver ? (
        <ConfirmBox
          wanted={plan.confirm}
          environment={target.environment}
          consequence={
            plan.disconnectOthers ? ', and the sessions of others may be ended' : `, and ${name} is to be restored over`
          }
          value={confirmation}
          onChange={setConfirmation}
        />
      ) : null}
      <CliEquivalent command={cliCommand(['restore', 'apply', planFileName(plan)], { confirm: plan.confirm })} />
    </WizardFrame>
  )
}

/** What the final button does, by name. */
function deedOf({ mode, target, content }: RestorePlan): string {
  const name = shortDatabase(target.database)
  if (mode === 'swap') return `Replace ${name}`
  if (mode === 'in-place' && content === 'full') return `Write over ${name}`
  return mode === 'in-place' ? `Write into ${name}` : `Restore into ${name}`
}

function lossAnswer({ losses }: RestorePlan, href: string) {
  const [first, ...rest] = losses.map(readable)
  const named = rest.length === 0 ? [first] : rest.slice(0, 3)
  const more = rest.length > 3 ? ` And ${String(rest.length - 3)} more.` : ''
  return {
    question: 'Will be lost',
    answer: first === undefined ? 'Nothing' : <span className="text-bad">{named.join(' ') + more}</span>,
    link: { href, word: 'Show' },
  }
}

function safetyAnswer({ safetyBackup }: RestorePlan, href: string) {
  return {
    question: 'Safety backup first',
    answer: safetyBackup.taken ? 'On' : <span className="text-bad">Off: {safetyBackup.reason}</span>,
    link: { href, word: 'Change' },
  }
}
