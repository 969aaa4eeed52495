import { Secret } from '../engine.ts'
import { resolveEndpoint } from './endpoint.ts'
import type { PostgresProfile } from './profile.ts'
import { quoteIdentifier } from './quoting.ts'

/** The role that the statements make. */
const role = 'holdfast_backup'

/**
 * What a superuser runs once to make a role that can read a whole database and change nothing (PostgreSQL 14 and newer).
 * `BYPASSRLS`: rows that policies hide. `lo_compat_privileges`: large objects, which `pg_read_all_data` leaves out.
 * The password is asked for by psql, and stands in no statement.
 */
export function postgresBackupAccount(profile: PostgresProfile): readonly string[] {
  const { database } = resolveEndpoint({ profile, secret: Secret.none() })
  return [
    `CREATE ROLE ${role} LOGIN BYPASSRLS;`,
    `GRANT pg_read_all_data TO ${role};`,
    `GRANT CONNECT ON DATABASE ${quoteIdentifier(database)} TO ${role};`,
    `ALTER ROLE ${role} SET lo_compat_privileges = on;`,
    `ALTER ROLE ${role} SET default_transaction_read_only = on;`,
    `\\password ${role}`,
  ]
}
