import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../../../preload/contract/index.ts'

/** The settings of one service by libpq's names. */
export type ServiceSettings = Readonly<Record<string, string>>

/** The places where libpq looks, in its order: PGSERVICEFILE or the user's own file, then the system's. Pure. */
export function serviceFiles(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const system = environment['PGSYSCONFDIR']
  const folders = system === undefined ? ['/etc/postgresql-common', '/etc'] : [system]
  const own = environment['PGSERVICEFILE'] ?? join(homedir(), '.pg_service.conf')
  return [own, ...folders.map((folder) => join(folder, 'pg_service.conf'))]
}

/** Reads the service called `name` once, for driver and tools alike. `NOT_FOUND` where no file has it. */
export function readService(name: string, files: readonly string[] = serviceFiles(process.env)): ServiceSettings {
  for (const file of files) {
    const settings = parseServiceFile(readOrEmpty(file), name)
    if (settings !== null) return settings
  }
  throw new AppError('NOT_FOUND', `The connection service "${name}" is in no service file.`, {
    detail: files.join('\n'),
    remedy: 'Add a section with this name to pg_service.conf, or name host and port in the connection.',
  })
}

/** The settings in the section `[name]`; null where there is none. Lines that are no setting are skipped. Pure. */
export function parseServiceFile(text: string, name: string): ServiceSettings | null {
  let isInside = false
  let settings: Record<string, string> | null = null
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const section = /^\[(.*)\]$/.exec(line)?.[1]
    if (section !== undefined) {
      if (settings !== null && isInside) break
      isInside = section === name
      if (isInside) settings = Object.create(null) as Record<string, string>
      continue
    }
    const at = line.indexOf('=')
    if (isInside && settings !== null && at > 0) settings[line.slice(0, at).trim()] = line.slice(at + 1).trim()
  }
  return settings
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error) return ''
    throw error
  }
}
