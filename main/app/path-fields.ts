import { AppError, PathInput, type Connection } from '../../preload/contract/index.ts'
import type { Core } from './core.ts'
import type { PathDesk } from './paths.ts'
import { registries } from './registries.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * `given` with the paths in the named fields resolved; `ssh.identityFile` is a field of a field. From a window such a field is a picked path, or exactly what is stored already;
 * anything else is `USAGE`.
 */
export function withPaths(
  desk: PathDesk,
  names: readonly string[],
  given: Fields,
  stored: Fields | null,
): Record<string, unknown> {
  const result: Record<string, unknown> = { ...given }
  for (const name of names) {
    const dot = name.indexOf('.')
    if (dot !== -1) {
      const outer = name.slice(0, dot)
      const inner = fieldsOf(given, outer)
      if (inner !== null) {
        const before = stored === null ? null : fieldsOf(stored, outer)
        result[outer] = withPaths(desk, [name.slice(dot + 1)], inner, before)
      }
      continue
    }
    if (!Object.hasOwn(given, name)) continue
    const value = given[name]
    const isUnchanged = stored !== null && Object.hasOwn(stored, name) && stored[name] === value
    const parsed = PathInput.safeParse(value)
    // What is no path at all is told by the schema of the profile or the settings.
    if (!isUnchanged && parsed.success) result[name] = desk.resolve(parsed.data)
  }
  return result
}

function fieldsOf(fields: Fields, name: string): Fields | null {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null
}

/** The profile of a connection with its paths resolved. */
export function withProfilePaths(
  { paths }: Pick<Core, 'paths'>,
  engine: Connection['engine'],
  given: Fields,
  stored: Fields | null,
): Record<string, unknown> {
  return withPaths(paths, registries.engine(engine).profilePaths, given, stored)
}

/** Where a restore goes: a picked file where databases are files, elsewhere the name on the server. */
export function targetDatabase(
  { paths }: Pick<Core, 'paths'>,
  row: Connection,
  given: PathInput | null,
): string | null {
  if (given === null) return null
  if (registries.engine(row.engine).capabilities.databaseIsPath) return paths.resolve(given)
  if (typeof given === 'string') return given
  throw new AppError('USAGE', `The databases of "${row.name}" are not files.`, {
    remedy: 'Give the name of a database on its server.',
  })
}

/**
 * A database that is read. Where databases are files a window may name the connection's own one and those that were restored through
 * this connection; the command line any.
 */
export function sourceDatabase(
  { paths, catalog }: Pick<Core, 'paths' | 'catalog'>,
  row: Connection,
  given: string | null,
): string | null {
  const engine = registries.engine(row.engine)
  if (given === null || paths.isPlainAllowed || !engine.capabilities.databaseIsPath) return given
  const isKnown =
    given === engine.defaultDatabase(engine.profileSchema.parse(row.profile)) ||
    catalog.restores.hasTarget(row.id, given)
  return isKnown ? given : paths.resolve(given)
}
