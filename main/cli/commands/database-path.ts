import { resolve } from 'node:path'
import type { EngineId } from '../../../preload/contract/index.ts'
import type { Session } from '../session.ts'
import { reference, type BackupFlags } from './backups.ts'

/** `--database` as the application wants it: absolute where the engine's databases are files; null where it was left out. */
export async function databaseOf(
  database: string | undefined,
  engine: () => Promise<EngineId>,
): Promise<string | null> {
  if (database === undefined) return null
  return (await engine()) === 'sqlite' ? resolve(database) : database
}

/** The engine of a connection. */
export async function engineOfConnection(session: Session, connection: string): Promise<EngineId> {
  return (await session.call('connections.get', { connection })).engine
}

/** The engine of a backup. */
export async function engineOfBackup(session: Session, backup: string, flags: BackupFlags): Promise<EngineId> {
  return (await session.call('backups.get', reference(backup, flags))).engine
}
