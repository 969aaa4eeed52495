import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import Database from 'better-sqlite3'
import { afterAll, beforeAll } from 'vitest'
import { cliBundle, isBundleStale } from '../../scripts/build-steps/bundle.ts'
import { root } from '../../scripts/build-steps/project.ts'
import type { PostgresServer } from '../servers/postgres-cluster.ts'
import { envelopeOf, Sandbox, type Ended, type Envelope } from '../system/harness.ts'
import { killAll } from '../system/processes.ts'

/** The parts of a backup that the proofs look at. */
export interface BackupSeen {
  readonly id: string
  readonly state: string
  readonly badge: string
  readonly origin: string
  readonly database: string
  readonly connection: string
  readonly kind: string
  readonly needsKey: string | null
  readonly encrypted: boolean
  readonly artifactSha256: string
  readonly artifactBytes: number
  readonly warnings: readonly { readonly code: string; readonly message: string }[]
  readonly copies: readonly { readonly destination: string; readonly location: string; readonly state: string }[]
  readonly objects: readonly {
    readonly name: string
    readonly kind: string
    readonly rows: number | null
    readonly fingerprint: string | null
  }[]
}

/** What `validate` says. */
export interface ReportSeen {
  readonly outcome: string
  readonly checks: readonly { readonly name: string; readonly outcome: string; readonly detail: string | null }[]
}

/** How a command ended, together with its document. */
export interface Answered extends Ended {
  readonly document: Envelope
}

/** Passphrases of the sandboxes' vaults and kits. */
export const passphrases = { vault: 'a vault passphrase for the proofs', kit: 'a kit passphrase for the proofs' }

/** A sandbox for the describe block that calls this. `destinations` are made and registered, `isEncrypted` makes the key. */
export function useProof(
  options: { readonly destinations?: readonly string[]; readonly isEncrypted?: boolean } = {},
): () => Sandbox {
  let sandbox: Sandbox | null = null
  beforeAll(async () => {
    sandbox = await makeSandbox()
    for (const name of options.destinations ?? ['disk']) await addDestination(sandbox, name)
    if (options.isEncrypted === true) await createKey(sandbox)
  })
  afterAll(async () => {
    if (sandbox !== null) await removeSandbox(sandbox)
  })
  return () => {
    if (sandbox === null) throw new Error('The sandbox is there only while tests run.')
    return sandbox
  }
}

/** A folder with a home and a vault passphrase; nothing is registered yet. Remove it with `removeSandbox`. */
export async function makeSandbox(): Promise<Sandbox> {
  await buildOnce()
  const sandbox = new Sandbox(await mkdtemp(join(tmpdir(), 'hf-proof-')), cliBundle)
  await writeFile(sandbox.path('vault-passphrase'), `${passphrases.vault}\n`, { mode: 0o600 })
  await writeFile(sandbox.path('kit-passphrase'), `${passphrases.kit}\n`, { mode: 0o600 })
  return sandbox
}

/** What people run is the bundle; it starts faster than the sources, too. */
async function buildOnce(): Promise<void> {
  if (isBundleStale()) await promisify(execFile)(process.execPath, [join(root, 'scripts/build.ts')])
}

/** Ends what still runs in it, and removes its folder. */
export async function removeSandbox(sandbox: Sandbox): Promise<void> {
  killAll(await sandbox.processes())
  await rm(sandbox.folder, { recursive: true, force: true, maxRetries: 5 })
}

/** Makes the folder of that name and registers it as a destination. */
export async function addDestination(sandbox: Sandbox, name: string): Promise<void> {
  await mkdir(sandbox.path(name), { recursive: true, mode: 0o700 })
  await sandbox.data(['destination', 'add', '--name', name, '--type', 'local', '--path', name])
}

/** Makes the key with its kit in the folder `kit`; creating it proves the kit, so backups are encrypted from now on. */
export async function createKey(sandbox: Sandbox): Promise<string> {
  const key = await sandbox.data<{ fingerprint: string }>([
    'key',
    'create',
    '--recovery-kit',
    'kit',
    '--passphrase-file',
    'kit-passphrase',
  ])
  return key.fingerprint
}

/** Registers a SQLite file of the sandbox under a name. */
export async function addSqlite(sandbox: Sandbox, name: string, file: string): Promise<void> {
  await sandbox.data(['connection', 'add', '--name', name, '--engine', 'sqlite', '--path', file, '--no-password'])
}

/** The arguments that register a database of a test server; the password comes from the file `pg-password`. */
export async function postgresArguments(
  sandbox: Sandbox,
  server: PostgresServer,
  name: string,
  database: string,
): Promise<readonly string[]> {
  const { host, port, user, password } = server
  await writeFile(sandbox.path('pg-password'), `${password}\n`, { mode: 0o600 })
  const where = ['--host', host, '--port', String(port), '--user', user, `--database=${database}`, '--tls', 'disable']
  return ['connection', 'add', `--name=${name}`, '--engine', 'postgresql', ...where, '--password-file', 'pg-password']
}

/** Runs a command with `--json` whatever comes of it. */
export async function ask(
  sandbox: Sandbox,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const ended = await sandbox.run([...args, '--json'], env)
  return { ...ended, document: envelopeOf(ended) }
}

/** All backups, newest first. */
export function listBackups(sandbox: Sandbox): Promise<readonly BackupSeen[]> {
  return sandbox.data<readonly BackupSeen[]>(['backups', 'list'])
}

/** Takes a backup; it has to be complete. */
export async function backUp(sandbox: Sandbox, connection: string, ...flags: readonly string[]): Promise<BackupSeen> {
  return await sandbox.data<BackupSeen>(['backup', connection, ...flags])
}

/** Plans and applies a restore into a new database, which has to pass. */
export async function restore(
  sandbox: Sandbox,
  backup: string,
  database: string,
  ...flags: readonly string[]
): Promise<void> {
  const plan = await sandbox.data<{ confirm: string }>([
    'restore',
    'plan',
    backup,
    `--database=${database}`,
    '-o',
    'plan.json',
    ...flags,
  ])
  const result = await sandbox.data<{ outcome: string }>(['restore', 'apply', 'plan.json', `--confirm=${plan.confirm}`])
  if (result.outcome !== 'passed') throw new Error(`The restore ended with ${result.outcome}.`)
}

/** Where the artifact of a copy lies. */
export function artifactOf(backup: BackupSeen, destination = 'disk'): string {
  const copy = backup.copies.find((each) => each.destination === destination)
  if (copy === undefined) throw new Error(`There is no copy at ${destination}.`)
  return copy.location
}

/** Paths of all files below a folder, relative to it. */
export async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted()
}

/** A SQLite file whose rows hardly compress: an artifact of about `kilobytes`. */
export function makeSqlite(path: string, kilobytes = 400): void {
  const database = new Database(path)
  try {
    database.exec(`
      CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT, body BLOB);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${kilobytes})
      INSERT INTO notes SELECT i, iif(i % 10 = 0, NULL, iif(i % 10 = 1, '', 'note ' || i)), randomblob(1000) FROM n;
      CREATE TABLE marker (value TEXT);
      INSERT INTO marker VALUES ('${path.replaceAll("'", "''")}');
    `)
  } finally {
    database.close()
  }
}

/** One query on a SQLite file, opened read-only; the first column of each row. */
export function query(path: string, sql: string): readonly unknown[] {
  const database = new Database(path, { readonly: true, fileMustExist: true })
  try {
    return database.prepare(sql).pluck().all()
  } finally {
    database.close()
  }
}
