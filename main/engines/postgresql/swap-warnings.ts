import type { Warning } from '../../../preload/contract/index.ts'
import type { Session } from './session.ts'
import type { DatabaseEntry } from './target-checks.ts'

/** So many sessions of one user from one place are a pool. */
const poolSize = 10

/** Programs that keep connections for others, and reconnect by name. */
export async function poolerWarnings(session: Session, { oid, name }: DatabaseEntry): Promise<readonly Warning[]> {
  const pools = await session.query<{ name: string }>(
    `SELECT coalesce(nullif(application_name, ''), usename::text, '') || coalesce(' from ' || host(client_addr), '') AS name
       FROM pg_stat_activity WHERE datid::text = $1 AND pid <> pg_backend_pid() AND usesysid IS NOT NULL
      GROUP BY 1 HAVING count(*) >= ${String(poolSize)} OR bool_or(application_name ~* 'pgbouncer|pgpool|pgcat|odyssey|supavisor')
      ORDER BY 1`,
    [oid],
  )
  if (pools.length === 0) return []
  const list = pools.map((pool) => pool.name).join(', ')
  const message = `Connection pools hold sessions in the database "${name}" (${list}); they get errors while it is exchanged, and must open new connections afterwards.`
  return [{ code: 'POOLERS', message }]
}

/** What reaches other databases, or this one, by name. */
export async function insideWarnings(inside: Session): Promise<readonly Warning[]> {
  const warnings: Warning[] = []
  const servers = await inside.query<{ name: string; own: boolean }>(
    `SELECT s.srvname::text AS name, coalesce('dbname=' || current_database() = ANY (s.srvoptions), false) AS own
       FROM pg_foreign_server s ORDER BY 1`,
  )
  if (servers.length > 0) {
    const list = servers.map(({ name, own }) => (own ? `${name} (this database's own name)` : name)).join(', ')
    const message = `Foreign servers lead out of the database: ${list}. Those of other databases that lead here by name reach the restored one afterwards.`
    warnings.push({ code: 'FOREIGN_SERVERS', message })
  }
  const links = await inside.query(`SELECT FROM pg_extension WHERE extname = 'dblink'`)
  if (links.length > 0) {
    const message =
      'The extension dblink is installed: what is restored may connect to other databases, and other databases to this one, by name.'
    warnings.push({ code: 'DBLINK', message })
  }
  return warnings
}
