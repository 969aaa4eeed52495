import { ulid } from 'ulid'
import { z } from 'zod'
import {
  type AppError,
  BackupId,
  toAppError,
  ValidationLevel,
  validationLevels,
  Workers,
  type Check,
  type NotCovered,
  type Outcome,
  type ValidationReport,
} from '../../preload/contract/index.ts'
import { checkDecode } from '../artifact/check-artifact.ts'
import type { BackupEntry } from '../catalog/catalog.ts'
import { checkStructure, type LevelResult } from '../compare/check-structure.ts'
import type { JobContext } from '../engines/engine.ts'
import { checkCopy, outcomeOf, recordCheckedCopy, type CheckedCopy } from '../workbench/check-copy.ts'
import { assertComplete, copiesInOrder, type OpenBackup } from '../workbench/open-backup.ts'
import { otherBackups } from '../workbench/other-backups.ts'
import type { Workbench } from '../workbench/workbench.ts'
import { Phases } from '../workbench/phases.ts'
import { limitChecks } from './limits.ts'
import { restoreTest } from './restore-test.ts'
import { ScratchChoice } from './scratch-server.ts'

/** A validation whose references are resolved. */
export const ValidateWork = z.object({
  backupId: BackupId,
  level: ValidationLevel,
  scratch: ScratchChoice,
  /** Why the restore test may run on a production server; null: it may not. */
  consent: z.string().nullable(),
  /** Workers that restore at once in the restore test. */
  jobs: Workers.default(1),
})
export type ValidateWork = z.infer<typeof ValidateWork>

/**
 * Levels 0 to `level`, each only after the one before passed; what did not run says so. Presence and checksum look at every
 * copy, the levels above at the first intact one; what the connection demands of every backup stands beside them, but says nothing of
 * a copy, and so nothing of the badge. The outcome is failed where any copy failed. Results are stored per copy
 * with their date, and each copy's state with them.
 */
export async function validate(bench: Workbench, work: ValidateWork, context: JobContext): Promise<ValidationReport> {
  const backup = bench.catalog.backups.get(work.backupId)
  assertComplete(backup)
  const phases = new Phases()
  const wanted = validationLevels.slice(0, validationLevels.indexOf(work.level) + 1)

  const copies = await phases.run('read', () => checkCopies(bench, backup, wanted, context))
  const intact = copies.find(({ open }) => open !== null)
  const higher: Check[] = []
  const notCovered: NotCovered[] = []
  for (const level of wanted) {
    if (level === 'presence' || level === 'checksum') continue
    if (intact === undefined || intact.open === null || outcomeOf(higher) !== 'passed') {
      higher.push({ name: level, outcome: 'could-not-run', detail: 'A level before it did not pass.' })
      continue
    }
    const result = await runLevel(bench, intact.open, level, work, phases, context)
    higher.push(...result.checks)
    notCovered.push(...result.notCovered)
  }

  const reportOf = (checks: readonly Check[]): ValidationReport => {
    return {
      backup: backup.id,
      level: work.level,
      outcome: outcomeOf(checks),
      checks: [...checks],
      notCovered,
      phases: phases.list(),
    }
  }
  const row = bench.catalog.connections.find(backup.connectionId)
  const all = reportOf([...namedChecks(copies), ...limitChecks(row, backup, new Date()), ...higher])
  const report = all.outcome === 'failed' ? { ...all, others: otherBackups(bench, backup) } : all
  store(bench, report, copies, intact === undefined ? null : reportOf([...intact.checks, ...higher]))
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
    return await restoreTest(bench, open, work, phases, context)
  } catch (error) {
    context.signal.throwIfAborted()
    const failure = toAppError(error)
    if (['OWNERSHIP_LOST', 'INTERNAL', 'PLAN_BLOCKED', 'USAGE'].includes(failure.code)) throw failure
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

/** Levels 0 and 1 of every copy. */
async function checkCopies(
  bench: Workbench,
  backup: BackupEntry,
  wanted: readonly ValidationLevel[],
  context: JobContext,
): Promise<readonly CheckedCopy[]> {
  const copies: CheckedCopy[] = []
  for (const copy of copiesInOrder(backup)) {
    copies.push(await checkCopy(bench, backup, copy, { withChecksum: wanted.includes('checksum') }, context))
  }
  return copies
}

/** With more than one copy each check says where. */
function namedChecks(copies: readonly CheckedCopy[]): readonly Check[] {
  if (copies.length === 0) return [{ name: 'presence', outcome: 'failed', detail: 'There is no copy of this backup.' }]
  if (copies.length === 1) return copies.flatMap(({ checks }) => checks)
  return copies.flatMap(({ copy, checks }) =>
    checks.map((check) => ({ ...check, name: `${check.name} at ${copy.destination}` })),
  )
}

/**
 * Every copy has a result of its own, for the badge; the copy that was read for the levels above has the whole report.
 * Where none could be read the report belongs to the backup.
 */
function store(
  bench: Workbench,
  report: ValidationReport,
  copies: readonly CheckedCopy[],
  ofRead: ValidationReport | null,
): void {
  const intact = copies.find(({ open }) => open !== null)
  bench.catalog.transaction(() => {
    for (const each of copies) {
      if (each !== intact || ofRead === null) recordCheckedCopy(bench, each)
      else addResult(bench, ofRead, each.copy.destinationId)
    }
    if (copies.length === 0) addResult(bench, report, null)
    bench.audit.write({
      action: 'backup.validated',
      subject: report.backup,
      outcome: report.outcome === 'passed' ? 'done' : 'failed',
      detail: { level: report.level, outcome: report.outcome },
    })
  })
}

function addResult(bench: Workbench, report: ValidationReport, destinationId: string | null): void {
  bench.catalog.validations.add({
    id: ulid(),
    backupId: report.backup,
    destinationId,
    level: report.level,
    outcome: report.outcome,
    finishedAt: new Date().toISOString(),
    checks: [...report.checks],
    notCovered: [...report.notCovered],
    phases: [...report.phases],
  })
}
