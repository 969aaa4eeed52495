import {
  BackupDetail,
  JobId,
  RestorePlan,
  RestoreResult,
  ValidationReport,
  type Outcome,
} from '../../../preload/contract/index.ts'

/** Documents for tests, parsed with the contract's own schemas. */

const ulid = '01JGH5QZ8M3X7V2K9P4R6T0WYA'
export const jobId = JobId.parse('01JGH5QZ8M3X7V2K9P4R6T0WYB')
const sha256 = 'ab'.repeat(32)

/** A complete, encrypted backup with one stored copy. */
export function sampleBackup(changes: Partial<Record<keyof BackupDetail, unknown>> = {}): BackupDetail {
  return BackupDetail.parse({
    id: ulid,
    state: 'complete',
    name: 'before the migration',
    startedAt: '2026-01-01T10:00:00.000Z',
    finishedAt: '2026-01-01T10:00:04.200Z',
    durationMs: 4200,
    connection: 'shop',
    engine: 'sqlite',
    database: '/data/shop.sqlite',
    kind: 'backup',
    scope: 'full',
    format: 'sqlite',
    content: 'full',
    trigger: 'manual',
    description: null,
    createdBy: 'ada',
    compression: { name: 'zstd', level: 3 },
    encrypted: true,
    pinned: false,
    origin: 'own',
    plaintextBytes: 4_194_304,
    artifactBytes: 1_048_576,
    artifactSha256: sha256,
    warnings: [],
    copies: [{ destination: 'disk', location: '/backups/shop.sqlite.zst.age', state: 'stored' }],
    badge: 'checked',
    needsKey: null,
    connectionId: ulid,
    takenWith: 'SQLite 3.54.0',
    error: null,
    objects: [
      { name: 'orders', kind: 'table', rows: 12_345, fingerprint: '0f'.repeat(16) },
      { name: 'recent', kind: 'view', rows: null, fingerprint: null },
    ],
    contents: [],
    validations: [],
    restoreByHand: ['age -d -i holdfast-kit.age shop.sqlite.zst.age | zstd -d -o shop.sqlite'],
    ...changes,
  })
}

/** A plan for a new database. */
export function samplePlan(changes: Partial<Record<keyof RestorePlan, unknown>> = {}): RestorePlan {
  return RestorePlan.parse({
    format: 1,
    backup: ulid,
    mode: 'new',
    content: 'full',
    include: [],
    exclude: [],
    createdAt: '2026-01-01T11:00:00.000Z',
    hash: sha256,
    confirm: 'shop-restored.sqlite',
    target: {
      connection: 'shop',
      server: '/data',
      database: '/data/shop-restored.sqlite',
      exists: false,
      environment: 'development',
      systemIdentifier: null,
      databaseIdentity: null,
      structure: null,
    },
    changes: [
      {
        object: 'orders',
        kind: 'table',
        action: 'create',
        rowsNow: null,
        isEstimate: false,
        rowsAfter: 12_345,
        structure: null,
      },
      { object: 'old', kind: 'table', action: 'drop', rowsNow: 3, isEstimate: true, rowsAfter: null, structure: null },
    ],
    losses: [],
    blockers: [],
    warnings: [],
    commands: ['copy /backups/shop.sqlite.zst.age to /data/shop-restored.sqlite'],
    rows: null,
    disconnectOthers: false,
    safetyBackup: { taken: false, reason: null },
    keepHours: 24,
    space: null,
    forecastSeconds: null,
    newerBackups: [],
    hooks: [],
    ...changes,
  })
}

/** A blocker for plans. */
export const sampleBlocker = {
  code: 'TARGET_EXISTS',
  message: 'The target exists.',
  remedy: 'Name another one with --database.',
}

/** What came of a restore. */
export function sampleRestore(
  outcome: Outcome = 'passed',
  changes: Partial<Record<keyof RestoreResult, unknown>> = {},
): RestoreResult {
  return RestoreResult.parse({
    id: ulid,
    outcome,
    mode: 'new',
    warnings: [],
    hooks: [],
    retired: null,
    awayMs: null,
    target: samplePlan().target,
    checks: [{ name: 'orders', outcome, detail: null }],
    notCovered: [],
    safetyBackup: null,
    undoUntil: null,
    phases: [{ name: 'restore', durationMs: 1500 }],
    ...changes,
  })
}

/** What came of a validation. */
export function sampleReport(outcome: Outcome): ValidationReport {
  return ValidationReport.parse({
    backup: ulid,
    level: 'restore',
    outcome,
    checks: [{ name: 'checksum', outcome, detail: 'SHA-256 is the manifest’s' }],
    notCovered: [{ object: 'recent', why: 'a view has no rows of its own' }],
    phases: [],
  })
}
