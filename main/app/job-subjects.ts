import { basename } from 'node:path'
import type { JobSubject } from '../../preload/contract/index.ts'
import type { BackupEntry } from '../catalog/catalog.ts'

/** A connection or a destination, as a job's subject. */
export function subjectOf(
  kind: 'connection' | 'destination',
  { id, name }: { readonly id: string; readonly name: string },
): JobSubject {
  return { kind, id, name }
}

/** A backup, as a job's subject: by its own name, otherwise `shop from 2026-03-01 14:30 UTC`. */
export function backupSubject({ id, name, connection, startedAt }: NamedBackup): JobSubject {
  return { kind: 'backup', id, name: name ?? `${connection} from ${startedAt.slice(0, 16).replace('T', ' ')} UTC` }
}

/** A restore, as a job's subject: what it went into. */
export function restoreSubject(
  { id, database }: { readonly id: string; readonly database: string },
  connection: { readonly name: string },
): JobSubject {
  return { kind: 'restore', id, name: `${basename(database)} on ${connection.name}` }
}

/** A backup inside a title: `the backup of shop from 2026-03-01 14:30 UTC`, or `the backup "before the update"`. */
export function backupTitle(entry: NamedBackup): string {
  const { name } = backupSubject(entry)
  return entry.name === null ? `the backup of ${name}` : `the backup "${name}"`
}

type NamedBackup = Pick<BackupEntry, 'id' | 'name' | 'connection' | 'startedAt'>
