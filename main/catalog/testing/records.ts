import { ulid } from 'ulid'
import {
  BackupId,
  ConnectionId,
  DestinationId,
  type Connection,
  type Destination,
} from '../../../preload/contract/index.ts'
import type { BackupRecord, CopyRecord, ValidationRecord } from '../catalog.ts'

/** A connection with nothing special about it. */
export function connectionRecord(change: Partial<Connection> = {}): Connection {
  return {
    id: ConnectionId.parse(ulid()),
    name: 'shop',
    engine: 'postgresql',
    environment: 'development',
    profile: { host: 'localhost', port: 5432 },
    secret: { from: 'store' },
    goalHours: 24,
    hooks: [],
    checks: [],
    createdAt: '2026-01-01T00:00:00.000Z',
    ...change,
  }
}

/** A destination with nothing special about it. */
export function destinationRecord(change: Partial<Destination> = {}): Destination {
  return {
    id: DestinationId.parse(ulid()),
    name: 'disk',
    type: 'local',
    settings: { path: '/backups' },
    createdAt: '2026-01-01T00:00:00.000Z',
    ...change,
  }
}

/** A complete backup with nothing special about it. */
export function backupRecord(change: Partial<BackupRecord> = {}): BackupRecord {
  return {
    id: BackupId.parse(ulid()),
    state: 'complete',
    name: null,
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:00:10.000Z',
    durationMs: 10_000,
    connection: 'shop',
    connectionId: 'C',
    installation: 'I',
    jobId: null,
    engine: 'postgresql',
    database: 'shop',
    kind: 'backup',
    scope: 'full',
    format: 'custom',
    content: 'full',
    trigger: 'manual',
    description: null,
    createdBy: null,
    compression: { name: 'zstd', level: 3 },
    encrypted: false,
    pinned: false,
    origin: 'own',
    plaintextBytes: 1_000,
    artifactBytes: 400,
    plaintextSha256: 'a'.repeat(64),
    artifactSha256: 'b'.repeat(64),
    manifestSha256: 'c'.repeat(64),
    fingerprintKeyId: null,
    settings: { PGTZ: 'UTC' },
    warnings: [],
    needsKey: null,
    error: null,
    ...change,
  }
}

/** A stored copy. */
export function copyRecord(change: Partial<CopyRecord> = {}): CopyRecord {
  return {
    destinationId: DestinationId.parse('01ARZ3NDEKTSV4RRFFQ69G5FAV'),
    destination: 'disk',
    object: 'shop/shop/a.dump.zst',
    location: '/backups/shop/shop/a.dump.zst',
    state: 'stored',
    checkedAt: null,
    ...change,
  }
}

/** A passed level 1. */
export function validationRecord(backupId: string, change: Partial<ValidationRecord> = {}): ValidationRecord {
  return {
    id: ulid(),
    backupId,
    destinationId: null,
    level: 'checksum',
    outcome: 'passed',
    finishedAt: new Date().toISOString(),
    checks: [],
    notCovered: [],
    phases: [],
    ...change,
  }
}
