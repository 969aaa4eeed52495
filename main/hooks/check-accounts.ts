import { AppError, type RestoreCheck } from '../../preload/contract/index.ts'
import type { Catalog, ConnectionRow } from '../catalog/catalog.ts'

/** The other connections whose accounts ask this connection's checks: their secrets belong to the job's. */
export function connectionsForChecks(
  catalog: Pick<Catalog, 'connections'>,
  row: Pick<ConnectionRow, 'checks'>,
): readonly ConnectionRow[] {
  const wanted = new Set(
    row.checks.flatMap(({ test }) => (test.kind === 'query' && test.account !== null ? [test.account] : [])),
  )
  return catalog.connections.list().filter(({ id, name }) => wanted.has(id) || wanted.has(name))
}

/**
 * Checks as they are stored: their names differ, and an account is the id of a connection of the same engine. `USAGE` where they
 * aren't, `NOT_FOUND` where there is no such connection.
 */
export function withAccountIds(
  catalog: Pick<Catalog, 'connections'>,
  row: Pick<ConnectionRow, 'engine' | 'name'>,
  checks: readonly RestoreCheck[],
): readonly RestoreCheck[] {
  const names = checks.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) {
    throw new AppError('USAGE', `Two checks are called "${twice}".`, { remedy: 'Give each check a name of its own.' })
  }
  return checks.map((check) => {
    const { test } = check
    if (test.kind !== 'query' || test.account === null) return check
    const account = catalog.connections.resolve(test.account)
    if (account.engine !== row.engine) {
      throw new AppError('USAGE', `The account of the check "${check.name}" is a connection of another engine.`, {
        remedy: `Name a connection of the engine ${row.engine}, to the same server as "${row.name}".`,
      })
    }
    return { ...check, test: { ...test, account: account.id } }
  })
}
