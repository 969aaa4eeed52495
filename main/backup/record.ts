import { createHash } from 'node:crypto'
import {
  AppError,
  type AppErrorData,
  type ArchiveContents,
  type Compression,
  type SchemaVersion,
  type Scope,
  type Warning,
} from '../../preload/contract/index.ts'
import type { BackupRecord, CopyRecord } from '../catalog/catalog.ts'
import type { DumpReport, FormatInfo, JobContext, Manifest } from '../engines/engine.ts'
import type { OpenConnection, Workbench } from '../workbench/workbench.ts'
import type { BackupWork } from './request.ts'

/** One backup that is being taken. */
export interface Run {
  readonly bench: Workbench
  readonly work: BackupWork
  readonly context: JobContext
  readonly source: OpenConnection
  readonly format: FormatInfo
  readonly startedAt: Date
  readonly recipients: readonly string[]
  readonly compression: Compression
}

/** The manifest without what takes much memory, which is in its bytes. */
export interface TakenManifest {
  readonly manifest: Omit<Manifest, 'contents' | 'sealed'>
  readonly bytes: Uint8Array
}

/** What makes a backup complete. */
export interface Taken {
  readonly manifest: TakenManifest
  readonly copies: readonly CopyRecord[]
  readonly contents: ArchiveContents
  readonly warnings: readonly Warning[]
  readonly schemaVersion: SchemaVersion | undefined
}

/** A complete backup and its entry in the audit log, in one transaction. */
export function recordBackup(run: Run, taken: Taken): void {
  const { bench, context } = run
  const { copies } = taken
  const { manifest, bytes } = taken.manifest
  const entry: BackupRecord = {
    ...commonRecord(run),
    state: 'complete',
    finishedAt: manifest.finishedAt,
    durationMs: manifest.durationMs,
    plaintextBytes: manifest.plaintextBytes,
    plaintextSha256: manifest.plaintextSha256,
    artifactBytes: manifest.artifactBytes,
    artifactSha256: manifest.artifactSha256,
    manifestSha256: createHash('sha256').update(bytes).digest('hex'),
    fingerprintKeyId: manifest.fingerprintKeyId,
    settings: manifest.settings,
    warnings: [...taken.warnings],
    ...(taken.schemaVersion === undefined ? {} : { schemaVersion: taken.schemaVersion }),
    error: null,
  }
  bench.catalog.transaction(() => {
    context.assertOwner()
    bench.catalog.backups.insert(entry, copies, taken.contents.objects, bytes)
    bench.audit.write({
      action: 'backup.created',
      subject: entry.id,
      outcome: 'done',
      detail: {
        connection: entry.connection,
        database: entry.database,
        copies: copies.map((copy) => `${copy.destination}: ${copy.state}`),
        sha256: entry.artifactSha256,
      },
    })
  })
}

/** A failed backup stands in the catalog too, with its error. One that was cancelled is no backup: its job says so. */
export function recordFailure(run: Run, failure: AppError): void {
  const reason: unknown = run.context.signal.reason
  if (failure.code === 'OWNERSHIP_LOST' || (reason instanceof AppError && reason.code === 'CANCELLED')) return
  const finishedAt = new Date()
  const error: AppErrorData = failure.toData()
  run.bench.catalog.transaction(() => {
    run.bench.catalog.backups.insert(
      {
        ...commonRecord(run),
        state: 'failed',
        finishedAt: finishedAt.toISOString(),
        durationMs: finishedAt.getTime() - run.startedAt.getTime(),
        plaintextBytes: null,
        plaintextSha256: null,
        artifactBytes: null,
        artifactSha256: null,
        manifestSha256: null,
        fingerprintKeyId: null,
        settings: {},
        warnings: [],
        error,
      },
      [],
      null,
      null,
    )
    run.bench.audit.write({
      action: 'backup.created',
      subject: run.work.backupId,
      outcome: 'failed',
      detail: { code: error.code, message: error.message },
    })
  })
}

function commonRecord(run: Run) {
  const { work, source } = run
  return {
    id: work.backupId,
    name: work.request.name,
    startedAt: run.startedAt.toISOString(),
    connection: source.row.name,
    connectionId: source.row.id,
    engine: source.engine.id,
    database: work.database,
    kind: kindOf(work),
    scope: scopeOf(work),
    format: run.format.id,
    content: work.request.content,
    trigger: work.request.trigger,
    description: work.request.description,
    createdBy: work.request.createdBy,
    compression: run.compression,
    encrypted: run.recipients.length > 0,
    pinned: false,
    origin: 'own' as const,
    needsKey: null,
    installation: run.bench.installation,
    jobId: run.context.jobId,
  }
}

/** A safety backup has a retention of its own and never displaces others. */
export function kindOf(work: BackupWork): 'backup' | 'safety' {
  return work.request.trigger === 'safety' ? 'safety' : 'backup'
}

/** A selection is `partial`: it does not restore the whole database. */
export function scopeOf(work: BackupWork): Scope {
  const { include, exclude, excludeRows } = work.request
  return include.length > 0 || exclude.length > 0 || excludeRows.length > 0 ? 'partial' : 'full'
}

/** What a manifest says of a selection, and of what it needs; nothing of a backup that restores alone and holds everything. */
export function selectionOf(work: BackupWork, { needs = [] }: DumpReport): Pick<Manifest, 'selection' | 'needs'> {
  const { include, exclude, excludeRows } = work.request
  return {
    ...(scopeOf(work) === 'partial' ? { selection: { include, exclude, excludeRows } } : {}),
    ...(needs.length === 0 ? {} : { needs: [...needs] }),
  }
}
