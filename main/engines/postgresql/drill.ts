import { existsSync } from 'node:fs'
import { AppError } from '../../../preload/contract/index.ts'
import type { ArtifactSource, JobContext, ManagedTarget } from '../engine.ts'
import { makeExtensions } from './drill-extensions.ts'
import { createDrillRole } from './drill-role.ts'
import { assertRoom, neededBytes } from './drill-space.ts'
import { isSocket, type Endpoint } from './endpoint.ts'
import { applicationNameOf, openSession, type Session } from './session.ts'
import type { MadeBefore } from './toc-list.ts'

/** As whom a restore test works, and what is there before it begins. */
export interface Drill {
  /** Never a superuser's. */
  readonly endpoint: Endpoint
  readonly made: MadeBefore
  /** Takes back what was given to its role, before the comparison. */
  settle(): Promise<void>
}

/**
 * Prepares the scratch database for a restore test. `session` is in it. Where its user is a superuser, the restore gets a
 * role without rights instead, and what only a superuser may create is made before. `NO_SPACE` where the server's disk is
 * this machine's and too full; `UNSUPPORTED` where the server does not let such a role in.
 */
export async function prepareDrill(
  session: Session,
  target: ManagedTarget,
  source: ArtifactSource,
  context: JobContext,
): Promise<Drill> {
  await assertServerRoom(session, source)
  const { endpoint } = session
  const [user] = await session.query<{ superuser: boolean }>(
    'SELECT rolsuper AS superuser FROM pg_roles WHERE rolname = current_user',
  )
  if (user?.superuser !== true) {
    return { endpoint, made: { schemas: [], extensions: [] }, settle: () => Promise.resolve() }
  }
  context.assertOwner()
  const login = await createDrillRole(session, target)
  await assertLetIn(login, target, context)
  const made = await makeExtensions(session, source.facts, login.user)
  context.log('info', `The restore test works as the role ${login.user}, which has no rights outside of its database.`)
  return {
    endpoint: login,
    made,
    settle: async () => {
      const options = {
        database: target.database,
        applicationName: applicationNameOf(context.jobId),
        signal: context.signal,
      }
      const again = await openSession(endpoint, options)
      try {
        await made.revoke(again)
      } finally {
        await again.end()
      }
    },
  }
}

/** A right that no role of a restore test has: that says nothing about the backup. */
export function needsSuperuser(error: AppError): AppError {
  return new AppError(
    'UNSUPPORTED',
    `A restore test never runs as a superuser, and this backup needs one. ${error.message}`,
    {
      detail: error.detail,
      remedy: 'Restore the backup into a new database on a server of its own, and look at it there.',
      cause: error,
    },
  )
}

async function assertLetIn(login: Endpoint, target: ManagedTarget, context: JobContext): Promise<void> {
  try {
    const session = await openSession(login, {
      database: target.database,
      applicationName: applicationNameOf(context.jobId),
      signal: context.signal,
    })
    await session.end()
  } catch (error) {
    context.signal.throwIfAborted()
    if (!(error instanceof AppError) || error.code !== 'AUTHENTICATION_FAILED') throw error
    throw new AppError(
      'UNSUPPORTED',
      'The connection’s user is a superuser, and the server lets no role with a password of its own in: a restore test never runs as a superuser.',
      {
        detail: error.detail,
        remedy:
          'Name a connection whose user is no superuser (CREATEDB is enough) with --scratch <connection>, or use --scratch local-cluster.',
        cause: error,
      },
    )
  }
}

/** Only where the server's files are on this machine, and its user may know where. */
async function assertServerRoom(session: Session, source: ArtifactSource): Promise<void> {
  if (!isSocket(session.endpoint.host)) return
  const [folder] = await session.query<{ path: string }>(
    `SELECT setting AS path FROM pg_settings WHERE name = 'data_directory'`,
  )
  if (folder === undefined || !existsSync(folder.path)) return
  await assertRoom(folder.path, neededBytes(source.manifest, source.facts))
}
