import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type {
  BackupDetail,
  BackupSummary,
  Comparison,
  RestorePlan,
  RestoreResult,
} from '../../preload/contract/index.ts'
import type { PostgresServer } from '../servers/postgres-cluster.ts'
import { envelopeOf, type Ended, type Envelope, type Sandbox } from '../system/harness.ts'

/** Registers a database of a server. Names are joined to their flags, so that they may begin with a dash. */
export async function addPostgres(box: Sandbox, server: PostgresServer, name: string, database: string): Promise<void> {
  const { host, port, user, password } = server
  writeFileSync(box.path('password'), password, { mode: 0o600 })
  const where = ['--host', host, '--port', String(port), '--user', user, `--database=${database}`, '--tls', 'disable']
  const how = [`--name=${name}`, '--engine', 'postgresql', ...where, '--password-file', 'password']
  await box.data(['connection', 'add', ...how])
}

/** Registers a SQLite file. */
export async function addSqlite(box: Sandbox, name: string, path: string): Promise<void> {
  await box.data(['connection', 'add', `--name=${name}`, '--engine', 'sqlite', `--path=${path}`])
}

/** Takes a backup, which has to be complete. */
export async function backUp(box: Sandbox, connection: string, ...flags: readonly string[]): Promise<BackupDetail> {
  const { exitCode, document, stdout } = await ask(box, ['backup', ...flags, '--', connection])
  if (exitCode !== 0) throw new Error(`the backup of ${connection} ended with ${String(exitCode)}: ${stdout}`)
  return document.data as BackupDetail
}

/** Every backup of the catalog. */
export async function listed(box: Sandbox): Promise<readonly BackupSummary[]> {
  return await box.data<readonly BackupSummary[]>(['backups', 'list'])
}

/** Plans a restore on a connection into a new database. */
export async function plan(
  box: Sandbox,
  backup: string,
  where: { readonly to: string; readonly database: string },
): Promise<RestorePlan> {
  const into = [`--to=${where.to}`, `--database=${where.database}`]
  return await box.data<RestorePlan>(['restore', 'plan', backup, ...into, '-o', 'plan.json'])
}

/** Applies the plan that `plan` wrote. */
export async function apply(box: Sandbox, planned: RestorePlan): Promise<RestoreResult> {
  return await box.data<RestoreResult>(['restore', 'apply', 'plan.json', `--confirm=${planned.confirm}`])
}

/** Compares a backup with a database as it is now. */
export async function compareLive(
  box: Sandbox,
  backup: string,
  where: { readonly connection: string; readonly database: string },
): Promise<Comparison> {
  const with_ = [`--connection=${where.connection}`, `--database=${where.database}`]
  return await box.data<Comparison>(['compare', backup, '--live', ...with_])
}

/** How a command ended, with its document. */
export interface Answer extends Ended {
  readonly document: Envelope
}

/** Runs a command with `--json`, whatever comes of it. */
export async function ask(box: Sandbox, args: readonly string[]): Promise<Answer> {
  const ended = await box.run(['--json', ...args])
  return { ...ended, document: envelopeOf(ended) }
}

/** Everything below a folder that is not a folder, relative to it. */
export function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted()
}

/** Where the first copy of a backup lies. */
export function artifactOf(backup: BackupDetail | BackupSummary): string {
  const [copy] = backup.copies
  if (copy === undefined) throw new Error('the backup has no copy')
  return copy.location
}
