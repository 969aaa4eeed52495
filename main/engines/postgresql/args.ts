import type { Content } from '../../../preload/contract/index.ts'
import { localAddressOf, type Endpoint } from './endpoint.ts'
import type { ArchiveOnDisk } from './parallel-restore.ts'
import { quoteConnectionValue } from './quoting.ts'

/** How long a dump waits for a lock on a table. */
export const lockWaitMs = 60_000
/** How long a connection may take to be made. */
export const connectTimeoutSeconds = 10

/** Settings under which a dump's rows can be compared with those of another dump. They stand in the manifest. */
export interface DumpSettings {
  /** The encoding of the archive: the database's own unless another is asked for. */
  readonly encoding: string
}

/** The flags that say where to connect. A name is never the last word of the line, where it could be taken for more. Pure. */
export function connectionArgs(endpoint: Endpoint, database: string): readonly string[] {
  return [
    `--host=${endpoint.host}`,
    `--port=${String(localAddressOf(endpoint).port)}`,
    `--username=${endpoint.user}`,
    '--no-password',
    `--dbname=dbname=${quoteConnectionValue(database)}`,
  ]
}

/** The flag with which `pg_dump` and `pg_restore` keep to structure alone or rows alone. Pure. */
export function contentArgs(content: Content): readonly string[] {
  return content === 'full' ? [] : [`--${content}-only`]
}

/** What a dump is besides usual. */
export interface DumpShape {
  readonly format?: 'custom' | 'plain' | 'directory'
  /** Which part of the database is dumped, in flags of the tool. */
  readonly flags?: readonly string[]
}

/** The arguments of `pg_dump`: for a whole database in the custom format unless `shape` says more. Never compressed. Pure. */
export function dumpArgs(
  endpoint: Endpoint,
  database: string,
  snapshot: string,
  settings: DumpSettings,
  content: Content = 'full',
  shape: DumpShape = {},
): readonly string[] {
  return [
    `--format=${shape.format ?? 'custom'}`,
    '--compress=0',
    '--verbose',
    ...contentArgs(content),
    ...(shape.flags ?? []),
    `--lock-wait-timeout=${String(lockWaitMs)}`,
    `--snapshot=${snapshot}`,
    `--encoding=${settings.encoding}`,
    ...connectionArgs(endpoint, database),
  ]
}

/** What a restore leaves out, and how. */
export interface RestoreChoices {
  /** A restore test: no owners, privileges and tablespaces, and only what stands in the list. */
  readonly isDrill: boolean
  /** Path of the list of entries to restore; null: all of them. */
  readonly listFile: string | null
  /** Structure alone, of a backup that holds rows too; absent: all that the list has. */
  readonly content?: Content
  /** Where workers read it; absent or null: one reads it from standard input. */
  readonly archive?: Pick<ArchiveOnDisk, 'path' | 'format' | 'jobs'> | null
}

/** The arguments of `pg_restore` into a database of its own, from standard input. Pure. */
export function restoreArgs(endpoint: Endpoint, database: string, choices: RestoreChoices): readonly string[] {
  const { archive = null } = choices
  return [...choiceArgs(choices), ...connectionArgs(endpoint, database), ...pathOf(archive)]
}

/** The same restore as a script, for `psql`. Pure. */
export function restoreScriptArgs(choices: RestoreChoices): readonly string[] {
  return [...choiceArgs(choices), '--file=-', ...pathOf(choices.archive)]
}

/** The arguments of `pg_restore` that prints the table of contents. Pure. */
export function listArgs(archive: RestoreChoices['archive']): readonly string[] {
  return ['--list', `--format=${archive?.format ?? 'custom'}`, ...pathOf(archive)]
}

function pathOf(archive: RestoreChoices['archive']): readonly string[] {
  return archive === null || archive === undefined ? [] : [archive.path]
}

function choiceArgs(choices: RestoreChoices): readonly string[] {
  const { archive = null } = choices
  return [
    `--format=${archive?.format ?? 'custom'}`,
    ...(archive === null || archive.jobs === 1 ? [] : [`--jobs=${String(archive.jobs)}`]),
    '--exit-on-error',
    '--verbose',
    // A restored subscription has the slot name of the original, and dropping it drops that slot.
    '--no-subscriptions',
    ...contentArgs(choices.content ?? 'full'),
    ...(choices.isDrill ? ['--no-owner', '--no-privileges', '--no-tablespaces'] : []),
    ...(choices.listFile === null ? [] : [`--use-list=${choices.listFile}`]),
  ]
}

/** The arguments of `pg_restore` that writes the entries of a list as a script. Pure. */
export function scriptArgs(
  content: Content,
  listFile: string,
  archive: RestoreChoices['archive'] = null,
): readonly string[] {
  return [
    `--format=${archive?.format ?? 'custom'}`,
    '--exit-on-error',
    '--verbose',
    '--no-subscriptions',
    ...contentArgs(content),
    `--use-list=${listFile}`,
    '--file=-',
    ...pathOf(archive),
  ]
}

/** The arguments of `psql` that runs a script from standard input and stops at the first error. Pure. */
export function scriptRunArgs(endpoint: Endpoint, database: string): readonly string[] {
  return [
    '--no-psqlrc',
    '--quiet',
    '--tuples-only',
    '--no-align',
    '--set=ON_ERROR_STOP=1',
    '--file=-',
    ...connectionArgs(endpoint, database),
  ]
}

/** The environment that `pg_dump` and `pg_restore` get: the same TLS as the driver, and fixed forms of values. Pure. */
export function toolSettings(
  endpoint: Endpoint,
  applicationName: string,
  passFile: string | null,
): Record<string, string> {
  return {
    PGAPPNAME: applicationName,
    PGCONNECT_TIMEOUT: String(connectTimeoutSeconds),
    PGTZ: 'UTC',
    PGOPTIONS: '-c bytea_output=hex -c lc_monetary=C',
    PGSSLMODE: endpoint.tls,
    PGGSSENCMODE: 'disable',
    // The name stays the server's own, which its certificate is checked against.
    ...(endpoint.tunnel === null ? {} : { PGHOSTADDR: localAddressOf(endpoint).host }),
    ...(endpoint.caFile === null ? {} : { PGSSLROOTCERT: endpoint.caFile }),
    ...(passFile === null ? {} : { PGPASSFILE: passFile }),
  }
}

/** What a manifest records of the settings. Pure. */
export function recordedSettings(settings: DumpSettings): Record<string, string> {
  return { encoding: settings.encoding, PGTZ: 'UTC', bytea_output: 'hex', lc_monetary: 'C' }
}

/** The one line of a password file that fits every server of this run. Pure. */
export function passFileLine(password: string): string {
  return `*:*:*:*:${password.replaceAll('\\', '\\\\').replaceAll(':', '\\:')}\n`
}
