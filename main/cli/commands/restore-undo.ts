import { AppError, type RestoreResult, type RestoreSummary } from '../../../preload/contract/index.ts'
import { formatMoment, shortId } from '../format.ts'
import type { Reply } from '../io.ts'
import type { Session } from '../session.ts'
import { table } from '../table.ts'
import { undoPlanText } from '../views/plan-view.ts'
import { restoredText } from '../views/proof-view.ts'
import { exitCodeOfOutcome } from './prove.ts'

/** The flags of `restore undo`. */
export interface UndoFlags {
  readonly confirm?: string
  readonly disconnectOthers?: boolean
  readonly dryRun?: boolean
}

/** `restore list` */
export async function listRestores(session: Session, limit: number): Promise<Reply> {
  const restores = await session.call('restores.list', { limit })
  const columns = [
    { title: 'ID' },
    { title: 'STARTED' },
    { title: 'DATABASE' },
    { title: 'CONNECTION' },
    { title: 'MODE' },
    { title: 'STATE' },
    { title: 'KEPT' },
    { title: 'UNDO UNTIL' },
  ]
  const rows = restores.map((each) => [
    shortId(each.id),
    formatMoment(each.startedAt),
    each.database,
    each.connection,
    each.mode,
    stateWords(each),
    each.retired ?? '',
    each.undoUntil === null ? '' : formatMoment(each.undoUntil),
  ])
  return { data: restores, text: table(columns, rows, 'No restores yet.') }
}

function stateWords({ state, outcome }: RestoreSummary): string {
  return state === 'applied' && outcome !== 'passed' ? 'applied, CHECK FAILED' : state
}

/** `restore undo` */
export async function undo(session: Session, restore: string, flags: UndoFlags): Promise<Reply> {
  if (flags.dryRun === true) {
    const plan = await session.job('restores.undoPlan', { restore })
    return { data: plan, text: undoPlanText(plan), exitCode: plan.blockers.length > 0 ? 6 : 0 }
  }
  const confirm = flags.confirm ?? (await askBeforeUndo(session, restore))
  const disconnectOthers = flags.disconnectOthers ?? false
  const result = await session.job('restores.undo', { restore, confirm, disconnectOthers })
  return { data: result, text: undoneText(result), exitCode: exitCodeOfOutcome(result.outcome) }
}

/** `restore finish` */
export async function finish(session: Session, restore: string, flags: { confirm?: string }): Promise<Reply> {
  const confirm =
    flags.confirm ?? (await askForName(session, 'Type the name of the database whose old copy is to be dropped'))
  const result = await session.job('restores.finish', { restore, confirm })
  return { data: result, text: `Dropped ${result.dropped}.` }
}

/** Shows what would be lost, and has the name typed. */
async function askBeforeUndo(session: Session, restore: string): Promise<string> {
  if (!session.canAsk || session.globals.json) throw missing()
  const plan = await session.job('restores.undoPlan', { restore })
  session.io.stderr.write(`${undoPlanText(plan)}\n\n`)
  const [blocker] = plan.blockers
  if (blocker !== undefined) throw new AppError('PLAN_BLOCKED', blocker.message, { remedy: blocker.remedy })
  return await askForName(session, `Type ${plan.confirm} to undo the restore, or nothing to leave`)
}

async function askForName(session: Session, question: string): Promise<string> {
  if (!session.canAsk || session.globals.json) throw missing()
  const typed = await session.io.prompts.text(question)
  if (typed.trim() === '') throw missing()
  return typed
}

function missing(): AppError {
  return new AppError('CONFIRMATION_MISSING', 'This needs the name of the database, typed.', {
    remedy: 'Add --confirm <name>.',
  })
}

function undoneText(result: RestoreResult): string {
  const kept = result.retired === null ? [] : ['', `The restored database is kept, closed, as ${result.retired}.`]
  return [
    `${result.target.database} is again what it was before the restore.`,
    ...restoredText(result).split('\n').slice(1),
    ...kept,
  ].join('\n')
}
