import pg from 'pg'
import type { PostgresServer } from '../../../../e2e/servers/postgres-cluster.ts'

/** Runs a statement in a transaction that stays open until the answered function is called. */
export async function postgresqlHold(
  { host, port, user, password }: PostgresServer,
  statement: string,
  database = 'postgres',
): Promise<() => Promise<void>> {
  const client = new pg.Client({ host, port, user, password, database })
  // The server may end while it is held.
  client.on('error', () => undefined)
  await client.connect()
  await client.query(`BEGIN; ${statement}`)
  return () => client.end()
}
