import type { Access } from '../engine.ts'
import { resolveEndpoint } from './endpoint.ts'
import type { PostgresProfile } from './profile.ts'
import { withSession } from './session.ts'

/** See `Engine.runSql`. Statements are separated by `;` and are one transaction unless they say otherwise. */
export function runPostgresSql(
  access: Access<PostgresProfile>,
  request: { readonly database: string; readonly sql: string },
  signal: AbortSignal,
): Promise<readonly (readonly (string | null)[])[]> {
  const endpoint = resolveEndpoint(access)
  return withSession(endpoint, { database: request.database, applicationName: 'holdfast', signal }, async (session) => {
    // The session's own search path is empty; a person who writes SQL means what the database is set to.
    await session.query('RESET search_path')
    // Cut off, the server notices within a second and ends the statement; older ones go on with it.
    if (session.versionNumber >= 140_000) await session.query(`SET client_connection_check_interval = '1s'`)
    return session.texts(request.sql)
  })
}
