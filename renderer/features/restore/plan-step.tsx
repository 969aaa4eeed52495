import { toAppError, type RestorePlan } from '../../../preload/contract/index.ts'
import { useMethod } from '../../lib/api.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { formatExact, formatMoment } from '../../lib/format.ts'
import { useNow } from '../../lib/now.ts'
import { Box, Section } from '../../ui/box.tsx'
import { Button, LinkButton } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Code } from '../../ui/code.tsx'
import { Say } from '../../ui/page.tsx'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { JobCard } from '../jobs/job-card.tsx'
import { useJobResult } from '../jobs/use-job-result.ts'
import { VersionPair } from '../structure/version-pair.tsx'
import { AppliedBefore, useAppliedBefore } from './applied-before.tsx'
import { Checklist } from './plan-checklist.tsx'
import { Blockers, Losses, NewerBackups, Warnings } from './plan-findings.tsx'
import { PlanFacts } from './plan-facts.tsx'
import { PlanTree } from './plan-tree.tsx'
import { PlanRoles } from './plan-roles.tsx'
import { SameStructure } from './same-structure.tsx'
import { besides, planOptions, planSentence } from './plan-words.ts'
import { planFileName, savePlan } from './save-plan.ts'
import { usePlanAgain, type PlanAgain } from './use-plan-again.ts'
import { useWizard } from './use-wizard.ts'
import { FooterEnd, WizardFrame } from './wizard-frame.tsx'

/** Step 4: what would change. Nothing has been touched when it is shown, and a dry run ends here. */
export function PlanStep() {
  const { search, hrefOf } = useWizard()
  const view = useJobResult('restore-plan', search.plan ?? null)
  const again = usePlanAgain(view?.state === 'done' ? view.result : null)
  if (view?.state === 'done') return <Planned plan={view.result} again={again} />
  return (
    <WizardFrame step="plan" title={null} footer={<LinkButton href={hrefOf('target')}>Back</LinkButton>}>
      {view?.state === 'running' ? (
        <>
          <Say small="The backup is checked and the target looked at. Nothing is changed.">The plan is being made.</Say>
          <Box>
            <JobCard job={view.job} />
          </Box>
        </>
      ) : null}
      {view?.state === 'cancelled' ? (
        <Callout tone="stopped" word="Cancelled" actions={<Button onPress={() => again.plan()}>Plan again</Button>}>
          No plan was made, and nothing was changed.
        </Callout>
      ) : null}
      {view?.state === 'failed' ? (
        <>
          <Say small="Nothing was changed.">There is no plan.</Say>
          <ErrorNotice error={view.error} word="No plan" onRetry={() => again.plan()} />
        </>
      ) : null}
      {again.error === null ? null : <ErrorNotice error={toAppError(again.error)} word="No plan" />}
    </WizardFrame>
  )
}

function Planned({ plan, again }: { readonly plan: RestorePlan; readonly again: PlanAgain }) {
  const { go, hrefOf } = useWizard()
  const now = useNow()
  const backup = useMethod('backups.get', { backup: plan.backup })
  const applied = useAppliedBefore(plan)
  const isBlocked = plan.blockers.length > 0
  const rest = besides(plan.changes)
  const waitsFor = isBlocked
    ? 'Available when nothing is in the way.'
    : applied === null
      ? null
      : 'This plan was applied already. Plan again.'
  return (
    <WizardFrame
      step="plan"
      title={
        backup.data === undefined ? null : `${backup.data.connection}, ${formatMoment(backup.data.startedAt, now)}`
      }
      footer={
        <>
          <LinkButton href={hrefOf('target')}>Back</LinkButton>
          <Button onPress={() => savePlan(plan)}>Save plan…</Button>
          <Button onPress={() => window.print()}>Print</Button>
          <FooterEnd waitsFor={waitsFor}>
            <LinkButton href="/restore">End here (dry run)</LinkButton>
            <Button
              variant="primary"
              isDisabled={waitsFor !== null}
              // A press, not a link: what confirms the plan is one step further.
              onPress={() => go({ step: 'confirm' })}
            >
              Continue to confirm
            </Button>
          </FooterEnd>
        </>
      }
    >
      <div className="flex flex-wrap items-start justify-between gap-3">
        <Say
          small={`${rest === null ? '' : `${rest} `}Planned ${formatExact(plan.createdAt)}. Nothing has been changed yet; the plan is refused if the target changes before it starts.`}
        >
          {isBlocked && plan.changes.length === 0 ? 'This restore cannot be planned to its end.' : planSentence(plan)}
        </Say>
        <Button isPending={again.isPending} onPress={() => again.plan()}>
          Plan again
        </Button>
      </div>
      {again.error === null ? null : <ErrorNotice error={toAppError(again.error)} word="No plan" />}
      <AppliedBefore restore={applied} />
      <Blockers plan={plan} again={again} />
      <Losses plan={plan} />
      {plan.schemaVersion === undefined || !plan.target.exists ? null : (
        <VersionPair
          left={plan.schemaVersion.backup}
          right={plan.schemaVersion.target}
          leftWord="Backup"
          rightWord="target"
        />
      )}
      <SameStructure plan={plan} again={again} />
      <div className="grid grid-cols-[minmax(0,1fr)_300px] items-start gap-5 max-xl:grid-cols-1">
        <div className="flex min-w-0 flex-col gap-5">
          {plan.changes.length === 0 ? null : <PlanTree changes={plan.changes} isNew={!plan.target.exists} />}
          <PlanRoles roles={plan.roles ?? []} />
          <NewerBackups plan={plan} />
          <Warnings warnings={plan.warnings} />
          {plan.commands.length === 0 ? null : (
            <Section title="Commands" note="What will run, passwords left out">
              <Code label="the commands">{plan.commands.join('\n')}</Code>
            </Section>
          )}
          <CliEquivalent
            command={[
              cliCommand(['restore', 'plan', plan.backup], { ...planOptions(plan), output: planFileName(plan) }),
              ...(isBlocked ? [] : [applyCommand(plan)]),
            ].join('\n')}
          />
        </div>
        <div className="flex flex-col gap-4">
          <PlanFacts plan={plan} />
          <Checklist plan={plan} badge={backup.data?.badge ?? null} />
        </div>
      </div>
    </WizardFrame>
  )
}

/** The name is typed there, too: it does not stand here to be copied. */
function applyCommand(plan: RestorePlan): string {
  const command = cliCommand(['restore', 'apply', planFileName(plan)], { confirm: '<name>' })
  return command.replace("'<name>'", '<name>')
}
