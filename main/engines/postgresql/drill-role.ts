import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { AppError } from '../../../preload/contract/index.ts'
import { Secret, type ManagedTarget } from '../engine.ts'
import type { Endpoint } from './endpoint.ts'
import { quoteIdentifier, quoteLiteral } from './quoting.ts'
import type { Session } from './session.ts'
import { parseMarker, runPart } from './target-names.ts'

/** Sessions that a restore and its helpers need at most. */
const connectionLimit = 10
/** A role that is left behind lets nobody in for longer than this. */
const validForDays = 7

/** The name of the role under which a restore test of this run works. Pure. */
export function drillRoleName(runId: string): string {
  return `hf_${runPart(runId)}_drill`
}

/**
 * A role without any right but the ownership of `target`, with a password that only this run knows: code in the backup that
 * runs on restore gets no more than that. (SET ROLE would not do: such code could take the session's own rights back.)
 * `session` is a superuser's, in the target. The role carries the mark of the target and is dropped after it.
 */
export async function createDrillRole(session: Session, target: ManagedTarget): Promise<Endpoint> {
  const name = drillRoleName(target.runId)
  const password = randomBytes(24).toString('hex')
  const found = await findDrillRole(session, target.runId)
  const rights = 'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS'
  const until = new Date(Date.now() + validForDays * 86_400_000).toISOString()
  const login = `CONNECTION LIMIT ${String(connectionLimit)} PASSWORD ${quoteLiteral(scramVerifier(password))} VALID UNTIL ${quoteLiteral(until)}`
  await session.query('BEGIN')
  await session.query(`${found === null ? 'CREATE' : 'ALTER'} ROLE ${quoteIdentifier(name)} ${rights} ${login}`)
  const [own] = await session.query<{ comment: string | null }>(
    `SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = current_database()`,
  )
  await session.query(`COMMENT ON ROLE ${quoteIdentifier(name)} IS ${quoteLiteral(own?.comment ?? '')}`)
  await session.query(`ALTER DATABASE ${quoteIdentifier(target.database)} OWNER TO ${quoteIdentifier(name)}`)
  if (session.versionNumber >= firstWithLoginTriggers) {
    await session.query(`ALTER DATABASE ${quoteIdentifier(target.database)} SET event_triggers = off`)
  }
  // From 15 on the schema belongs to whoever owns the database.
  if (session.versionNumber < 150_000) {
    await session.query(`ALTER SCHEMA public OWNER TO ${quoteIdentifier(name)}`)
  }
  await session.query('COMMIT')
  return { ...session.endpoint, user: name, password: Secret.of(password) }
}

const firstWithLoginTriggers = 170_000

/** Drops the role of that run, where it is there, carries the run's mark and owns no database any more. */
export async function dropDrillRole(session: Session, runId: string): Promise<void> {
  const found = await findDrillRole(session, runId)
  if (found === null || found.ownsDatabase) return
  await session.query(`DROP ROLE ${quoteIdentifier(drillRoleName(runId))}`)
}

interface DrillRole {
  readonly ownsDatabase: boolean
}

/** `TARGET_CHANGED` where somebody else's role has that name. */
async function findDrillRole(session: Session, runId: string): Promise<DrillRole | null> {
  const name = drillRoleName(runId)
  const [role] = await session.query<{ comment: string | null; owns: boolean }>(
    `SELECT shobj_description(r.oid, 'pg_authid') AS comment,
            EXISTS (SELECT FROM pg_database d WHERE d.datdba = r.oid) AS owns
       FROM pg_roles r WHERE r.rolname = $1`,
    [name],
  )
  if (role === undefined) return null
  const marker = parseMarker(role.comment)
  if (marker !== null && runPart(marker.run) === runPart(runId)) return { ownsDatabase: role.owns }
  throw new AppError(
    'TARGET_CHANGED',
    `The role "${name}" is not the one that this run made. Nothing was done to it.`,
    {
      remedy: 'Look at the role; if it is a leftover, drop it by hand.',
    },
  )
}

/**
 * What the server keeps of a password (RFC 5802, RFC 7677): so the password itself stands in no log of the server. The password
 * is hexadecimal, so no normalisation is needed. Pure but for the salt.
 */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16), iterations = 4096): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256')
  const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest()
  const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64')
  const serverKey = hmac(salted, 'Server Key').toString('base64')
  return `SCRAM-SHA-256$${String(iterations)}:${salt.toString('base64')}$${storedKey}:${serverKey}`
}
