import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

/** The major versions of PostgreSQL that the tests run against. */
export const postgresVersions = [15, 16, 18] as const
export type PostgresVersion = (typeof postgresVersions)[number]

/** The line that tells a person how to get what is missing. */
export const installHint = 'run: npm run install-servers'

/** Is there where the extension pg_cron of PostgreSQL 15 is installed. */
export const pgCronFile = '/usr/share/postgresql/15/extension/pg_cron.control'

/**
 * Where the test servers that no Debian package has are kept, outside the project.
 * Root's home folder is closed to the user that runs PostgreSQL, hence the other place.
 */
export function serverFolder(): string {
  if (process.getuid?.() === 0) return '/var/cache/holdfast-test-servers'
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'holdfast-test-servers')
}

/** The folder with the programs of this version, or null where it isn't installed. */
export function postgresBinDir(version: PostgresVersion): string | null {
  const folder = version === 15 ? '/usr/lib/postgresql/15/bin' : unpackedBinDir(version)
  return folder !== null && existsSync(join(folder, 'initdb')) ? folder : null
}

function unpackedBinDir(version: PostgresVersion): string | null {
  const index = join(serverFolder(), 'servers.json')
  if (!existsSync(index)) return null
  const { postgresql } = JSON.parse(readFileSync(index, 'utf8')) as { postgresql: Record<string, string> }
  return postgresql[version] ?? null
}

/** The absolute path of a program on the PATH (or in `/usr/sbin`), or null. */
export function findProgram(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null
}

/** The browser that the tests of the window drive: `CHROMIUM_PATH`, or an installed Chromium or Chrome; null where there is none. */
export function chromiumPath(): string | null {
  const chosen = process.env['CHROMIUM_PATH']
  if (chosen !== undefined && chosen !== '') return chosen
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  return names.map(findProgram).find((path) => path !== null) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false
    throw error
  }
}
