import { ulid } from 'ulid'
import { z } from 'zod'
import {
  type AppError,
  BackupId,
  ConnectionId,
  toAppError,
  ValidationLevel,
  validationLevels,
  type Check,
  type NotCovered,
  type Outcome,
  type ValidationReport,
} from '../../preload/contract/index.ts'
import { checkChecksum, checkDecode, checkPresence } from '../artifact/check-artifact.ts'
import type { BackupEntry, CopyRecord } from '../catalog/catalog.ts'
import type { JobContext } from '../engines/engine.ts'
import { assertComplete, copiesInOrder, openCopy, type OpenBackup } from '../workbench/open-backup.ts'
import type { Workbench } from '../workbench/workbench.ts'
import { Phases } from '../workbench/phases.ts'
import { restoreTest } from './restore-test.ts'
import { checkStructure } from './structure.ts'

/** A validation whose references are resolved. */
export const ValidateWork = z.object({
  backupId: BackupId,
  level: ValidationLevel,
  /** null: the backup's own connection. */
  scratchConnectionId: ConnectionId.nullable(),
})
export type ValidateWork = z.infer<typeof ValidateWork>

/** What one level found on one copy. */
export interface LevelResult {
  readonly checks: readonly Check[]
  readonly notCovered: readonly NotCovered[]
}

/**
 * Levels 0 to `level`, each only after the one before passed; what did not run says so. Presence and checksum look at every
 * copy, the levels above at the first intact one. The result is stored with its date, and each copy's state with it.
 */
export async function validate(bench: Workbench, work: ValidateWork, context: JobContext): Promise<ValidationReport> {
  const backup = bench.catalog.backups.get(work.backupId)
  assertComplete(backup)
  const phases = new Phases()
  const checks: Check[] = []
  const notCovered: NotCovered[] = []
  const wanted = validationLevels.slice(0, validationLevels.indexOf(work.level) + 1)

  const intact = await phases.run('read', () => checkCopies(bench, backup, wanted, checks, context))
  for (const level of wanted) {
    if (level === 'presence' || level === 'checksum') continue
    if (intact === null || outcomeOf(checks) !== 'passed') {
      checks.push({ name: level, outcome: 'could-not-run', detail: 'A level before it did not pass.' })
      continue
    }
    const result = await runLevel(bench, intact, level, work, phases, context)
    checks.push(...result.checks)
    notCovered.push(...result.notCovered)
  }

  const report: ValidationReport = {
    backup: backup.id,
    level: work.level,
    outcome: outcomeOf(checks),
    checks,
    notCovered,
    phases: phases.list(),
  }
  store(bench, report, intact)
  return report
}

async function runLevel(
  bench: Workbench,
  open: OpenBackup,
  level: ValidationLevel,
  work: ValidateWork,
  phases: Phases,
  context: JobContext,
): Promise<LevelResult> {
  try {
    if (level === 'decode') {
      return { checks: await phases.run('decode', () => checkDecode(open.artifact, context.signal)), notCovered: [] }
    }
    if (level === 'structure') return await phases.run('structure', () => checkStructure(bench, open, context))
    return await restoreTest(bench, open, work.scratchConnectionId, phases, context)
  } catch (error) {
    context.signal.throwIfAborted()
    const failure = toAppError(error)
    if (failure.code === 'OWNERSHIP_LOST' || failure.code === 'INTERNAL') throw failure
    const detail = [failure.message, failure.detail, failure.remedy].filter((part) => part !== null).join(' ')
    return { checks: [{ name: level, outcome: outcomeOfFailure(failure), detail }], notCovered: [] }
  }
}

/** What says something about the backup failed it; what says something about the surroundings could not run. */
const aboutTheBackup: ReadonlySet<string> = new Set([
  'ARTIFACT_ALTERED',
  'ARTIFACT_MISSING',
  'ARTIFACT_TRUNCATED',
  'ARTIFACT_UNREADABLE',
  'DUMP_INCOMPLETE',
  'FORMAT_INVALID',
  'NOT_EQUAL',
  'RESTORE_FAILED',
])

function outcomeOfFailure(failure: AppError): Outcome {
  return aboutTheBackup.has(failure.code) ? 'failed' : 'could-not-run'
}

/** Levels 0 and 1 of every copy. Answers the first intact one, or null. */
async function checkCopies(
  bench: Workbench,
  backup: BackupEntry,
  wanted: readonly ValidationLevel[],
  checks: Check[],
  context: JobContext,
): Promise<OpenBackup | null> {
  const copies = copiesInOrder(backup)
  let intact: OpenBackup | null = null
  let copyChecks: Check[] = []
  for (const copy of copies) {
    const result = await checkCopy(bench, backup, copy, wanted.includes('checksum'), context)
    const named =
      copies.length === 1
        ? result.checks
        : result.checks.map((check) => ({ ...check, name: `${check.name} at ${copy.destination}` }))
    copyChecks = [...copyChecks, ...named]
    if (result.open !== null && intact === null) intact = result.open
  }
  if (copies.length === 0)
    copyChecks.push({ name: 'presence', outcome: 'failed', detail: 'There is no copy of this backup.' })
  checks.push(...copyChecks)
  return intact
}

async function checkCopy(
  bench: Workbench,
  backup: BackupEntry,
  copy: CopyRecord,
  withChecksum: boolean,
  context: JobContext,
): Promise<{ readonly checks: readonly Check[]; readonly open: OpenBackup | null }> {
  const at = () => new Date().toISOString()
  let open: OpenBackup
  try {
    open = await openCopy(bench, backup, copy, context)
  } catch (error) {
    context.signal.throwIfAborted()
    const failure = toAppError(error)
    const isVerdict =
      failure.code === 'ARTIFACT_MISSING' || failure.code === 'MANIFEST_INVALID' || failure.code === 'SIGNATURE_INVALID'
    if (isVerdict)
      bench.catalog.backups.setCopyState(
        backup.id,
        copy.destinationId,
        failure.code === 'ARTIFACT_MISSING' ? 'missing' : 'altered',
        at(),
      )
    const detail = failure.detail === null ? failure.message : `${failure.message} ${failure.detail}`
    return { checks: [{ name: 'manifest', outcome: isVerdict ? 'failed' : 'could-not-run', detail }], open: null }
  }
  const stored = await open.stat()
  const checks: Check[] = [...checkPresence(stored, open.manifest)]
  if (outcomeOf(checks) === 'passed' && withChecksum) {
    checks.push(
      ...(await checkChecksum(
        () => open.read(),
        open.manifest,
        context.signal,
        (bytes, totalBytes) => context.report({ stage: 'check', bytes, totalBytes }),
      )),
    )
  } else if (withChecksum) {
    checks.push({ name: 'checksum', outcome: 'could-not-run', detail: 'The size is not the recorded one.' })
  }
  const outcome = outcomeOf(checks)
  if (stored === null) bench.catalog.backups.setCopyState(backup.id, copy.destinationId, 'missing', at())
  else if (checks.some((check) => check.outcome === 'failed'))
    bench.catalog.backups.setCopyState(backup.id, copy.destinationId, 'altered', at())
  else if (outcome === 'passed' && withChecksum)
    bench.catalog.backups.setCopyState(backup.id, copy.destinationId, 'stored', at())
  return { checks, open: outcome === 'passed' ? open : null }
}

function store(bench: Workbench, report: ValidationReport, intact: OpenBackup | null): void {
  bench.catalog.transaction(() => {
    bench.catalog.validations.add({
      id: ulid(),
      backupId: report.backup,
      destinationId: intact?.copy.destinationId ?? null,
      level: report.level,
      outcome: report.outcome,
      finishedAt: new Date().toISOString(),
      checks: [...report.checks],
      notCovered: [...report.notCovered],
      phases: [...report.phases],
    })
    bench.audit.write({
      action: 'backup.validated',
      subject: report.backup,
      outcome: report.outcome === 'passed' ? 'done' : 'failed',
      detail: { level: report.level, outcome: report.outcome },
    })
  })
}

/** Failed when one failed; otherwise what could not run counts. */
export function outcomeOf(checks: readonly Check[]): Outcome {
  if (checks.some((check) => check.outcome === 'failed')) return 'failed'
  return checks.every((check) => check.outcome === 'passed') ? 'passed' : 'could-not-run'
}
