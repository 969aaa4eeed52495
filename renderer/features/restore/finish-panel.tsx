import { useState } from 'react'
import { toAppError, type Environment, type RestoreDetail } from '../../../preload/contract/index.ts'
import { useAction } from '../../lib/api.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { formatExact } from '../../lib/format.ts'
import { useNow } from '../../lib/now.ts'
import { Section } from '../../ui/box.tsx'
import { Button } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { ConfirmBox, missingConfirmation, unconfirmed } from './confirm-box.tsx'
import { shortDatabase } from './restore-words.tsx'
import { useResultSearch } from './use-result-search.ts'

/** Finish: drops what is kept of a restore. There is no undo afterwards. */
export function FinishPanel({
  restore,
  environment,
}: {
  readonly restore: RestoreDetail
  readonly environment: Environment | null
}) {
  const { search, go } = useResultSearch(restore.id)
  const finish = useAction('restores.finish')
  const now = useNow()
  const [confirmation, setConfirmation] = useState(unconfirmed)
  const { retired, undoUntil, state, safetyBackup } = restore
  if (search.job !== undefined) return null
  if (retired === null || (state !== 'applied' && state !== 'undone')) {
    return (
      <Callout tone="none" word="Nothing kept" actions={<Button onPress={() => go({})}>Close</Button>}>
        This restore keeps no database that could be dropped.
      </Callout>
    )
  }
  const wanted = restore.plan?.confirm ?? shortDatabase(restore.database)
  const kept = shortDatabase(retired)
  const dropped = state === 'applied' ? 'the old database' : 'the restored database'
  const waitsFor = missingConfirmation(confirmation, wanted, environment ?? 'development')
  return (
    <Section
      title={`Drop ${dropped}`}
      actions={
        <Button size="sm" onPress={() => go({})}>
          Close
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <Callout tone="bad" word="Will be lost">
          <code className="font-mono text-sm break-all">{kept}</code>:{' '}
          {state === 'applied'
            ? `${wanted} as it was before the restore. Undo is no longer possible then.`
            : `what was restored into ${wanted}.`}
          {undoUntil !== null && Date.parse(undoUntil) > now
            ? ` It was to be kept until ${formatExact(undoUntil)}.`
            : ''}{' '}
          {safetyBackup === null ? 'There is no safety backup.' : 'The safety backup stays.'}
        </Callout>
        <p className="m-0">{wanted} itself is not touched. It is told apart by identity and marker.</p>
        <ConfirmBox
          wanted={wanted}
          environment={environment ?? 'development'}
          consequence={`, and ${dropped} is dropped for good`}
          value={confirmation}
          onChange={setConfirmation}
        />
        {finish.error === null ? null : <ErrorNotice error={toAppError(finish.error)} word="Not dropped" />}
        <div className="flex flex-wrap items-center justify-end gap-2.5">
          <span role="status" className="text-sm text-ink-3">
            {waitsFor}
          </span>
          <Button
            variant="danger"
            isDisabled={waitsFor !== null}
            isPending={finish.isPending}
            onPress={() =>
              finish.mutate(
                { restore: restore.id, confirm: confirmation.typed },
                { onSuccess: ({ jobId }) => go({ show: 'finish', job: jobId }) },
              )
            }
          >
            Drop {dropped}
          </Button>
        </div>
        <CliEquivalent command={cliCommand(['restore', 'finish', restore.id], { confirm: wanted })} />
      </div>
    </Section>
  )
}
