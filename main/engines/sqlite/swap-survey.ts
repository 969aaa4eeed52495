import { AppError, type Blocker } from '../../../preload/contract/index.ts'
import type { LiveDatabase, ManagedTarget, SwapSurvey } from '../engine.ts'
import { identityOf, isAnotherFile } from './database-file.ts'
import { readCurrent } from './current-objects.ts'
import { exchangeBlockers, exchangeWarnings, existingFile, fileBlockers, type ExistingFile } from './existing-file.ts'
import { holderBlocker } from './nobody-has.ts'

/** What a swap is asked about before an undo. */
export interface SurveyRequest {
  readonly outgoing: LiveDatabase
  readonly incoming: ManagedTarget
  readonly disconnectOthers: boolean
}

/** See `SwapTargets.survey`. */
export async function surveySwap(request: SurveyRequest, signal: AbortSignal): Promise<SwapSurvey> {
  const { outgoing, incoming, disconnectOthers } = request
  signal.throwIfAborted()
  const file = await attempt(() => existingFile(outgoing.database))
  if ('blocker' in file) return { blockers: [file.blocker], warnings: [], current: [] }
  const blockers = [
    ...sameOrBlocker(file.value, outgoing),
    ...(await fileBlockers(file.value)),
    ...(await exchangeBlockers(file.value, disconnectOthers)),
    ...(await incomingBlockers(incoming, disconnectOthers)),
  ]
  const contents = await attempt(() => readCurrent(file.value.path, signal))
  return {
    blockers: 'blocker' in contents ? [...blockers, contents.blocker] : blockers,
    warnings: await exchangeWarnings(file.value),
    current: 'blocker' in contents ? [] : contents.value.objects,
  }
}

function sameOrBlocker({ path, identity }: ExistingFile, outgoing: LiveDatabase): Blocker[] {
  return identity === outgoing.identity ? [] : [blockerOf(isAnotherFile(path, outgoing.identity, identity))]
}

async function incomingBlockers(incoming: ManagedTarget, disconnectOthers: boolean): Promise<Blocker[]> {
  const identity = await identityOf(incoming.database)
  if (identity !== incoming.identity) {
    return [blockerOf(isAnotherFile(incoming.database, incoming.identity, identity ?? 'gone'))]
  }
  const holder = await holderBlocker(incoming.database, identity, disconnectOthers)
  return holder === null ? [] : [holder]
}

/** What `work` answers, or the error that it threw on purpose as a blocker. Being stopped is none: it is thrown on. */
export async function attempt<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly blocker: Blocker; readonly error: AppError }> {
  try {
    return { value: await work() }
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'CANCELLED') throw error
    return { blocker: blockerOf(error), error }
  }
}

function blockerOf(error: AppError): Blocker {
  const message = error.detail === null ? error.message : `${error.message} (${error.detail})`
  return { code: error.code, message, remedy: error.remedy ?? 'Make a new plan.' }
}
