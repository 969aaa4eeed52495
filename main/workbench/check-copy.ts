import { ulid } from 'ulid'
import { AppError, toAppError, type Check, type CopyState, type Outcome } from '../../preload/contract/index.ts'
import { checkChecksum, checkPresence } from '../artifact/check-artifact.ts'
import type { BackupEntry, CopyRecord } from '../catalog/catalog.ts'
import type { JobContext } from '../engines/engine.ts'
import { openCopy, type OpenBackup } from './open-backup.ts'
import type { Workbench } from './workbench.ts'

/** What presence and checksum of one copy came to. */
export interface CheckedCopy {
  readonly copy: CopyRecord
  readonly backupId: string
  readonly level: 'presence' | 'checksum'
  readonly checks: readonly Check[]
  /** The copy, opened; null unless every check passed. */
  readonly open: OpenBackup | null
  /** Why it is not intact; null where it is. */
  readonly error: AppError | null
}

/** Failures to open a copy that say something about the copy, and the state that it has then. */
const verdicts: ReadonlyMap<string, CopyState> = new Map([
  ['ARTIFACT_MISSING', 'missing'],
  ['MANIFEST_INVALID', 'altered'],
  ['SIGNATURE_INVALID', 'altered'],
])

/**
 * Level 0 of one copy, and level 1 `withChecksum`. The copy's state in the catalog follows: `missing`, `altered`, or, when the
 * checksum was right, `stored`. A destination that can't be reached changes nothing. Throws only when the job is cancelled.
 */
export async function checkCopy(
  bench: Workbench,
  backup: BackupEntry,
  copy: CopyRecord,
  { withChecksum }: { readonly withChecksum: boolean },
  context: JobContext,
): Promise<CheckedCopy> {
  const base = { copy, backupId: backup.id, level: withChecksum ? 'checksum' : 'presence' } as const
  const mark = (state: CopyState) =>
    bench.catalog.backups.setCopyState(backup.id, copy.destinationId, state, new Date().toISOString())
  try {
    const open = await openCopy(bench, backup, copy)
    const stored = await open.stat()
    const checks: Check[] = [...checkPresence(stored, open.manifest)]
    if (withChecksum && outcomeOf(checks) === 'passed') {
      const onBytes = (bytes: number, totalBytes: number) => context.report({ stage: 'check', bytes, totalBytes })
      checks.push(...(await checkChecksum(() => open.read(), open.manifest, context.signal, onBytes)))
    } else if (withChecksum) {
      checks.push({ name: 'checksum', outcome: 'could-not-run', detail: 'Presence and size come first.' })
    }
    const outcome = outcomeOf(checks)
    if (outcome === 'failed') mark(stored === null ? 'missing' : 'altered')
    if (outcome === 'passed' && withChecksum) mark('stored')
    const isIntact = outcome === 'passed'
    return {
      ...base,
      checks,
      open: isIntact ? open : null,
      error: isIntact ? null : notIntact(copy, checks, stored === null),
    }
  } catch (error) {
    context.signal.throwIfAborted()
    const failure = toAppError(error)
    if (failure.code === 'INTERNAL') throw failure
    const state = verdicts.get(failure.code)
    if (state !== undefined) mark(state)
    const detail = failure.detail === null ? failure.message : `${failure.message} ${failure.detail}`
    const outcome = state === undefined ? 'could-not-run' : 'failed'
    return { ...base, checks: [{ name: 'manifest', outcome, detail }], open: null, error: failure }
  }
}

/** Stores what was found as a validation of this copy: the badge follows. */
export function recordCheckedCopy(bench: Workbench, { backupId, copy, level, checks }: CheckedCopy): void {
  bench.catalog.validations.add({
    id: ulid(),
    backupId,
    destinationId: copy.destinationId,
    level,
    outcome: outcomeOf(checks),
    finishedAt: new Date().toISOString(),
    checks: [...checks],
    notCovered: [],
    phases: [],
  })
}

/** Failed when one failed; otherwise what could not run counts. */
export function outcomeOf(checks: readonly Check[]): Outcome {
  if (checks.some((check) => check.outcome === 'failed')) return 'failed'
  return checks.every((check) => check.outcome === 'passed') ? 'passed' : 'could-not-run'
}

function notIntact(copy: CopyRecord, checks: readonly Check[], isMissing: boolean): AppError {
  const wrong = checks.find((check) => check.outcome !== 'passed')
  const options = {
    detail: wrong?.detail ?? null,
    remedy: 'Choose another backup. `holdfast validate` shows what is wrong with this one.',
  }
  if (isMissing) return new AppError('ARTIFACT_MISSING', `The copy at ${copy.destination} is not there.`, options)
  return new AppError(
    'ARTIFACT_ALTERED',
    `The copy at ${copy.destination} is not intact (${wrong?.name ?? 'checksum'}).`,
    options,
  )
}
