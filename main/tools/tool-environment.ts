import { join } from 'node:path'

/** Variables of the parent that a tool may see. All others (PGOPTIONS, PGSERVICE, MYSQL_*, LD_*, NODE_OPTIONS …) are dropped. */
const passedOn: Readonly<Record<'posix' | 'windows', readonly string[]>> = {
  posix: ['HOME', 'USER', 'LOGNAME', 'TMPDIR'],
  windows: ['SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'USERPROFILE', 'USERNAME', 'APPDATA', 'LOCALAPPDATA', 'TEMP', 'TMP'],
}

/** The variable that every tool of a job carries, so that orphans are found without a recorded pid. */
export const jobVariable = 'HOLDFAST_JOB'

/** The environment of a tool: a minimal PATH, the C locale, what is on the allow-list, the job's id, and `additions`. Pure. */
export function toolEnvironment(
  parent: Readonly<Record<string, string | undefined>>,
  additions: Readonly<Record<string, string>>,
  jobId: string | null,
  platform: NodeJS.Platform = process.platform,
): Record<string, string> {
  const isWindows = platform === 'win32'
  const environment: Record<string, string> = { LANG: 'C', LC_ALL: 'C', TZ: 'UTC' }
  for (const name of passedOn[isWindows ? 'windows' : 'posix']) {
    const value = parent[name] ?? (isWindows ? valueInAnyCase(parent, name) : undefined)
    if (value !== undefined) environment[name] = value
  }
  const systemRoot = environment['SYSTEMROOT'] ?? 'C:\\Windows'
  environment['PATH'] = isWindows ? `${join(systemRoot, 'System32')};${systemRoot}` : '/usr/bin:/bin'
  Object.assign(environment, additions)
  if (jobId !== null) environment[jobVariable] = jobId
  return environment
}

function valueInAnyCase(parent: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const found = Object.keys(parent).find((key) => key.toUpperCase() === name)
  return found === undefined ? undefined : parent[found]
}
