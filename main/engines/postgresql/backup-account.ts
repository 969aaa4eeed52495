import { Secret, type JobContext } from '../engine.ts'
import { resolveEndpoint } from './endpoint.ts'
import type { PostgresProfile } from './profile.ts'
import { quoteIdentifier } from './quoting.ts'
import type { Session } from './session.ts'

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

/** Whether the session's role is a superuser; null where the server doesn't say. */
export async function isSuperuser(session: Session): Promise<boolean | null> {
  const [user] = await session.query<{ superuser: boolean }>(
    'SELECT rolsuper AS superuser FROM pg_roles WHERE rolname = current_user',
  )
  return user?.superuser ?? null
}

/** A superuser is more than a backup needs: a line in the job's log. The backup is as good as any other, and warns of nothing. */
export async function logSuperuser(session: Session, context: Pick<JobContext, 'log'>): Promise<void> {
  if ((await isSuperuser(session)) !== true) return
  const { user } = session.endpoint
  const message = `"${user}" is a superuser. \`holdfast connection show\` has an account that is enough for backups.`
  context.log('warning', message)
}
