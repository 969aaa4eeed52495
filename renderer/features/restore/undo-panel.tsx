import { useEffect, useState } from 'react'
import { toAppError, type RestoreDetail, type UndoPlan } from '../../../preload/contract/index.ts'
import { useAction } from '../../lib/api.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { Box, Section } from '../../ui/box.tsx'
import { Button } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Checkbox } from '../../ui/fields.tsx'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { JobCard } from '../jobs/job-card.tsx'
import { useJobResult } from '../jobs/use-job-result.ts'
import { ConfirmBox, missingConfirmation, unconfirmed } from './confirm-box.tsx'
import { isOfSessions, readable } from './finding-words.ts'
import { Blockers, Warnings } from './plan-findings.tsx'
import { PlanTree } from './plan-tree.tsx'
import { shortDatabase } from './restore-words.tsx'
import { useResultSearch } from './use-result-search.ts'

/** Undo: first what was written since and would be lost, then the name, then the swap backwards. */
export function UndoPanel({ restore }: { readonly restore: RestoreDetail }) {
  const { search, go } = useResultSearch(restore.id)
  const start = useAction('restores.undoPlan')
  const view = useJobResult('undo-plan', search.plan ?? null)
  const plan = () =>
    start.mutate({ restore: restore.id }, { onSuccess: ({ jobId }) => go({ show: 'undo', plan: jobId }) })
  const canUndo = restore.state === 'applied' && restore.retired !== null
  const isMissing = search.plan === undefined && search.job === undefined && canUndo && start.isIdle
  useEffect(() => {
    // Looking changes nothing, so it begins by itself.
    if (isMissing) plan()
  })
  if (search.job !== undefined) return null
  if (!canUndo) {
    return (
      <Callout tone="none" word="No undo" actions={<Button onPress={() => go({})}>Close</Button>}>
        This restore keeps no database that could be swapped back.
      </Callout>
    )
  }
  return (
    <Section
      title="Undo this restore"
      actions={
        <>
          <Button size="sm" isPending={start.isPending} onPress={plan}>
            Look again
          </Button>
          <Button size="sm" onPress={() => go({})}>
            Close
          </Button>
        </>
      }
    >
      {start.error === null ? null : <ErrorNotice error={toAppError(start.error)} onRetry={plan} />}
      {view?.state === 'failed' ? <ErrorNotice error={view.error} word="Not looked at" onRetry={plan} /> : null}
      {view?.state === 'cancelled' ? (
        <Callout tone="stopped" word="Cancelled" actions={<Button onPress={plan}>Look again</Button>}>
          What undoing would do was not looked at to its end.
        </Callout>
      ) : null}
      {view?.state === 'running' ? (
        <Box>
          <JobCard job={view.job} />
        </Box>
      ) : null}
      {view?.state === 'done' ? (
        <Planned
          key={search.plan ?? ''}
          restore={restore}
          plan={view.result}
          onLookAgain={plan}
          onStarted={(job) => go({ show: 'undo', job })}
        />
      ) : null}
    </Section>
  )
}

function Planned({
  restore,
  plan,
  onLookAgain,
  onStarted,
}: {
  readonly restore: RestoreDetail
  readonly plan: UndoPlan
  readonly onLookAgain: () => void
  readonly onStarted: (job: string) => void
}) {
  const undo = useAction('restores.undo')
  const [confirmation, setConfirmation] = useState(unconfirmed)
  const [endsSessions, setEndsSessions] = useState(false)
  const name = shortDatabase(plan.target.database)
  const rest = plan.blockers.filter((blocker) => !(endsSessions && isOfSessions(blocker)))
  const waitsFor =
    rest.length > 0
      ? 'Available when nothing is in the way.'
      : missingConfirmation(confirmation, plan.confirm, plan.target.environment)
  return (
    <div className="flex flex-col gap-4">
      <Blockers
        plan={{ blockers: rest }}
        again={{ plan: onLookAgain, isPending: false, error: null }}
        canEndSessions={false}
      />
      {plan.blockers.some(isOfSessions) ? (
        <Checkbox
          isSelected={endsSessions}
          onChange={setEndsSessions}
          description={plan.blockers.find(isOfSessions)?.message}
        >
          End the sessions of others
        </Checkbox>
      ) : null}
      {plan.losses.length === 0 ? (
        <Callout tone="ok" word="Nothing lost">
          Nothing was seen to be written since the restore.
        </Callout>
      ) : (
        <Callout tone="bad" word="Will be lost">
          <ul className="m-0 list-none p-0">
            {plan.losses.map((loss) => (
              <li key={loss}>{readable(loss)}</li>
            ))}
          </ul>
          <p className="mt-1 mb-0 text-ink-2">
            It stays in the restored database, which is kept closed until somebody drops it.
          </p>
        </Callout>
      )}
      {plan.changes.length === 0 ? null : <PlanTree changes={plan.changes} isNew={false} />}
      <Warnings warnings={plan.warnings} />
      <ConfirmBox
        wanted={plan.confirm}
        environment={plan.target.environment}
        consequence={`, and ${name} becomes again what it was before the restore`}
        value={confirmation}
        onChange={setConfirmation}
      />
      {undo.error === null ? null : <ErrorNotice error={toAppError(undo.error)} word="Not undone" />}
      <div className="flex flex-wrap items-center justify-end gap-2.5">
        <span role="status" className="text-sm text-ink-3">
          {waitsFor}
        </span>
        <Button
          variant="danger"
          isDisabled={waitsFor !== null}
          isPending={undo.isPending}
          onPress={() =>
            undo.mutate(
              { restore: restore.id, confirm: confirmation.typed, disconnectOthers: endsSessions },
              { onSuccess: ({ jobId }) => onStarted(jobId) },
            )
          }
        >
          Undo the restore of {name}
        </Button>
      </div>
      <CliEquivalent
        command={cliCommand(['restore', 'undo', restore.id], {
          confirm: plan.confirm,
          'disconnect-others': endsSessions,
        })}
      />
    </div>
  )
}
