import type { RestorePlan, UndoPlan } from '../../../preload/contract/index.ts'
import { formatMoment, plural } from '../../lib/format.ts'
import { useNow } from '../../lib/now.ts'
import { Section } from '../../ui/box.tsx'
import { Button, TextLink } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Code } from '../../ui/code.tsx'
import { isOfSessions, readable, remedyParts } from './finding-words.ts'
import type { PlanAgain } from './use-plan-again.ts'

/** What will be lost, in words. */
export function Losses({
  plan,
}: {
  readonly plan: Pick<RestorePlan, 'losses' | 'safetyBackup' | 'mode' | 'keepHours'>
}) {
  const { losses, safetyBackup, mode, keepHours } = plan
  if (losses.length === 0) return null
  const kept = [
    ...(safetyBackup.taken ? ['in the safety backup'] : []),
    ...(mode === 'swap' ? [`for ${plural(keepHours, 'hour')} at least in the kept database`] : []),
  ]
  return (
    <Callout tone="bad" word="Will be lost">
      <ul className="m-0 list-none p-0">
        {losses.map((loss) => (
          <li key={loss}>{readable(loss)}</li>
        ))}
      </ul>
      <p className="mt-1 mb-0 text-ink-2">
        {kept.length === 0 ? 'It is kept nowhere: there is no safety backup.' : `It stays ${kept.join(' and, ')}.`}
      </p>
    </Callout>
  )
}

/** What is in the way: each with what mends it. */
export function Blockers({
  plan,
  again,
  canEndSessions = true,
}: {
  readonly plan: Pick<RestorePlan | UndoPlan, 'blockers'>
  readonly again: PlanAgain
  /** Whether a new plan may be asked for that ends them. */
  readonly canEndSessions?: boolean
}) {
  const { blockers } = plan
  if (blockers.length === 0) return null
  const canEnd = canEndSessions && blockers.some(isOfSessions)
  return (
    <Section
      title={`${plural(blockers.length, 'thing')} in the way`}
      actions={
        <>
          {canEnd ? (
            <Button size="sm" isPending={again.isPending} onPress={() => again.plan({ endSessions: true })}>
              Plan again, ending their sessions
            </Button>
          ) : null}
          <Button size="sm" isPending={again.isPending} onPress={() => again.plan()}>
            Plan again when it is mended
          </Button>
        </>
      }
    >
      <ul className="m-0 flex list-none flex-col gap-2 p-0">
        {blockers.map((blocker) => (
          <li key={`${blocker.code} ${blocker.message}`}>
            <Blocker {...blocker} />
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Blocker({ message, remedy, code }: RestorePlan['blockers'][number]) {
  const { sentence, statement } = remedyParts(remedy)
  return (
    <Callout tone="bad" word="Blocked">
      <p className="m-0">
        <strong className="font-semibold break-words">{message}</strong> {sentence}
      </p>
      {statement === null ? null : (
        <div className="mt-1.5">
          <Code label="the statement">{statement}</Code>
        </div>
      )}
      <p className="mt-1 mb-0 text-sm text-ink-2">Code {code}</p>
    </Callout>
  )
}

/** What should be known before, and stops nothing. */
export function Warnings({ warnings }: Pick<RestorePlan, 'warnings'>) {
  if (warnings.length === 0) return null
  return (
    <Section title="Warnings">
      <ul className="m-0 flex list-none flex-col gap-2 p-0">
        {warnings.map(({ code, message }) => (
          <li key={`${code} ${message}`}>
            <Callout tone="warn" word="Warning">
              <span className="break-words">{message}</span>
            </Callout>
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** Good backups that are newer than the one that is restored. */
export function NewerBackups({ plan }: { readonly plan: Pick<RestorePlan, 'newerBackups'> }) {
  const now = useNow()
  const { newerBackups } = plan
  if (newerBackups.length === 0) return null
  return (
    <Callout tone="warn" word="Not the newest">
      {plural(newerBackups.length, 'newer good backup')} of the same database {newerBackups.length === 1 ? 'is' : 'are'}{' '}
      left out:{' '}
      {newerBackups.slice(0, 6).map(({ backup, startedAt }, index) => (
        <span key={backup}>
          {index === 0 ? '' : ', '}
          <TextLink href={`/backups/${backup}`}>{formatMoment(startedAt, now)}</TextLink>
        </span>
      ))}
      {newerBackups.length > 6 ? ` and ${String(newerBackups.length - 6)} more` : ''}.
    </Callout>
  )
}
