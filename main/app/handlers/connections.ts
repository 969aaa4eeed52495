import { ulid } from 'ulid'
import {
  AppError,
  ConnectionId,
  localClusterName,
  type Connection,
  type EngineId,
  type Handlers,
  type SecretSource,
} from '../../../preload/contract/index.ts'
import type { z } from 'zod'
import type { ConnectionEdit, SecretInput } from '../../../preload/contract/index.ts'
import { withAccountIds } from '../../hooks/check-accounts.ts'
import { readHostKey } from '../../reach/ssh-connection.ts'
import type { Core } from '../core.ts'
import { refuseCommands } from '../no-commands.ts'
import { sourceDatabase, withProfilePaths } from '../path-fields.ts'
import { sshOf, withMarks, type Marks } from '../profile-marks.ts'
import { registries } from '../registries.ts'
import { refuseOtherPlace } from '../secret-place.ts'
import { readObjects, tryConnection, type Attempt } from '../try-connection.ts'

type ConnectionHandlers = Pick<
  Handlers,
  | 'connections.add'
  | 'connections.list'
  | 'connections.get'
  | 'connections.test'
  | 'connections.objects'
  | 'connections.probe'
  | 'connections.sshHostKey'
  | 'connections.backupAccount'
  | 'connections.edit'
  | 'connections.remove'
>

const testTimeoutMs = 30_000
const defaultGoalHours = 24

/** Connections: where databases are, without their secrets. */
export function connectionHandlers(core: Core): ConnectionHandlers {
  const { catalog, audit, secrets } = core
  return {
    'connections.add': async (draft) => {
      assertNameIsFree(core, draft.name, null)
      refuseCommands(core, draft, null)
      const given = withProfilePaths(core, draft.engine, draft.profile, null)
      const connection: Connection = {
        id: ConnectionId.parse(ulid()),
        name: draft.name,
        engine: draft.engine,
        environment: draft.environment,
        profile: parseProfile(draft.engine, withMarks(given, marksOf(draft.sshSecret), null)),
        secret: sourceOf(draft.secret),
        goalHours: defaultGoalHours,
        hooks: [],
        checks: [],
        createdAt: new Date().toISOString(),
      }
      await keepSecret(core, connection.id, draft.secret)
      await keepTunnelSecret(core, connection.id, draft.sshSecret)
      catalog.transaction(() => {
        catalog.connections.add(connection)
        audit.write({
          action: 'connection.added',
          subject: connection.name,
          outcome: 'done',
          detail: { engine: connection.engine, environment: connection.environment },
        })
      })
      const { id, name, engine, environment } = connection
      return { id, name, engine, environment }
    },

    'connections.list': () => Promise.resolve([...catalog.connections.list()]),

    'connections.get': ({ connection }) => Promise.resolve(catalog.connections.resolve(connection)),

    'connections.test': async ({ connection }) => {
      const row = catalog.connections.resolve(connection)
      return tryConnection(await attemptOf(core, row), AbortSignal.timeout(testTimeoutMs))
    },

    'connections.objects': async ({ connection, database }) => {
      const row = catalog.connections.resolve(connection)
      const wanted = sourceDatabase(core, row, database)
      return readObjects(await attemptOf(core, row), wanted, AbortSignal.timeout(testTimeoutMs))
    },

    'connections.sshHostKey': (ssh) => readHostKey(ssh, AbortSignal.timeout(testTimeoutMs)),

    'connections.backupAccount': ({ connection }) => {
      const row = catalog.connections.resolve(connection)
      const engine = registries.engine(row.engine)
      const statements = engine.backupAccount?.(engine.profileSchema.parse(row.profile)) ?? []
      return Promise.resolve({ statements: [...statements] })
    },

    'connections.probe': async ({ connection, engine: id, profile, secret, sshSecret }) => {
      const row = connection === null ? null : catalog.connections.resolve(connection)
      if (row !== null && row.engine !== id) {
        throw new AppError('USAGE', `"${row.name}" is not a connection of this kind.`, {
          remedy: 'Add another connection for it.',
        })
      }
      const stored = row?.profile ?? null
      const given = withProfilePaths(core, id, profile, stored)
      const parsed = parseProfile(id, withMarks(given, marksOf(sshSecret ?? undefined), stored))
      refuseCommands(core, { secret }, row)
      if (row !== null) refuseOtherPlace(core, row, parsed, { password: secret !== null, ssh: sshSecret !== null })
      const value = await (secret !== null
        ? secrets.ofInput(row?.name ?? 'the new connection', secret)
        : row === null
          ? null
          : secrets.ofConnection(row))
      const tunnelSecret = await (sshSecret !== null
        ? secrets.ofInput(row?.name ?? 'the new connection', sshSecret)
        : row === null
          ? null
          : secrets.ofTunnel(row))
      const attempt = { engine: id, profile: parsed, password: value, sshSecret: tunnelSecret }
      return tryConnection(attempt, AbortSignal.timeout(testTimeoutMs))
    },

    'connections.edit': async (edit) => {
      const row = catalog.connections.resolve(edit.connection)
      refuseCommands(core, edit, row)
      if (edit.name !== undefined) assertNameIsFree(core, edit.name, row.id)
      const { minSizeBytes, maxAgeHours, ...unlimited } = row
      const changed: Connection = {
        ...unlimited,
        ...withLimit('minSizeBytes', edit.minSizeBytes, minSizeBytes),
        ...withLimit('maxAgeHours', edit.maxAgeHours, maxAgeHours),
        name: edit.name ?? row.name,
        environment: edit.environment ?? row.environment,
        goalHours: edit.goalHours ?? row.goalHours,
        hooks: edit.hooks ?? row.hooks,
        checks: edit.checks === undefined ? row.checks : [...withAccountIds(catalog, row, edit.checks)],
        profile: editedProfile(core, row, edit),
        secret: edit.secret === undefined ? row.secret : sourceOf(edit.secret),
      }
      const isGiven = { password: edit.secret !== undefined, ssh: edit.sshSecret !== undefined }
      refuseOtherPlace(core, row, changed.profile, isGiven)
      if (edit.secret !== undefined) {
        await secrets.forget(row)
        await keepSecret(core, row.id, edit.secret)
      }
      if (edit.sshSecret !== undefined || sshOf(changed.profile) === null) await secrets.forgetTunnel(row)
      await keepTunnelSecret(core, row.id, edit.sshSecret)
      catalog.transaction(() => {
        catalog.connections.update(changed)
        audit.write({
          action: 'connection.changed',
          subject: changed.name,
          outcome: 'done',
          detail: { changed: Object.keys(edit).filter((key) => key !== 'connection') },
        })
        if (edit.acceptUnverifiedTls !== undefined) {
          audit.write({
            action: edit.acceptUnverifiedTls === null ? 'connection.tls-demanded' : 'connection.tls-accepted',
            subject: changed.name,
            outcome: 'done',
            detail: { reason: edit.acceptUnverifiedTls },
          })
        }
      })
      return changed
    },

    'connections.remove': async ({ connection }) => {
      const row = catalog.connections.resolve(connection)
      await secrets.forget(row)
      await secrets.forgetTunnel(row)
      catalog.transaction(() => {
        catalog.connections.remove(row.id)
        audit.write({ action: 'connection.removed', subject: row.name, outcome: 'done' })
      })
      return {}
    },
  }
}

/** A saved connection with its secrets. */
async function attemptOf({ secrets }: Core, row: Connection): Promise<Attempt> {
  const { engine, profile } = row
  const password = await secrets.ofConnection(row)
  const sshSecret = await secrets.ofTunnel(row)
  return { engine, profile, password, sshSecret }
}

/** Given whole: what is left out is no longer set. */
function editedProfile(core: Core, row: Connection, edit: z.output<typeof ConnectionEdit>): Connection['profile'] {
  const { profile, sshSecret, acceptUnverifiedTls } = edit
  if (profile === undefined && sshSecret === undefined && acceptUnverifiedTls === undefined) return row.profile
  if (typeof acceptUnverifiedTls === 'string' && registries.engine(row.engine).unprotected === undefined) {
    throw new AppError('USAGE', `"${row.name}" is not reached over a network.`, {
      remedy: 'There is nothing to accept.',
    })
  }
  const given = profile === undefined ? row.profile : withProfilePaths(core, row.engine, profile, row.profile)
  return parseProfile(row.engine, withMarks(given, { sshSecret, acceptUnverifiedTls }, row.profile))
}

function marksOf(sshSecret: Marks['sshSecret']): Marks {
  return { sshSecret, acceptUnverifiedTls: undefined }
}

async function keepTunnelSecret(core: Core, id: string, secret: Marks['sshSecret']): Promise<void> {
  if (secret?.from === 'value') await core.secrets.keepTunnel(id, secret.value)
}

function parseProfile(id: EngineId, profile: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const engine = registries.engine(id)
  const parsed = engine.profileSchema.safeParse(profile)
  if (parsed.success) return parsed.data as Record<string, unknown>
  const said = parsed.error.issues.map((issue) => `${issue.path.map(String).join('.') || 'profile'}: ${issue.message}`)
  throw new AppError('USAGE', `The connection is not complete: ${said[0] ?? 'unknown reason'}.`, {
    detail: said.join('\n'),
    remedy: 'Correct the named field and try again.',
  })
}

function sourceOf(secret: z.output<typeof SecretInput>): SecretSource {
  switch (secret.from) {
    case 'none':
      return { from: 'none' }
    case 'value':
      return { from: 'store' }
    case 'command':
      return { from: 'command', argv: secret.argv }
  }
}

async function keepSecret(core: Core, id: string, secret: z.output<typeof SecretInput>): Promise<void> {
  if (secret.from === 'value') await core.secrets.keep(id, secret.value)
}

function assertNameIsFree(core: Core, name: string, ownId: string | null): void {
  if (name === localClusterName) {
    throw new AppError('USAGE', `"${name}" stands for the temporary server of a restore test.`, {
      remedy: 'Choose another name.',
    })
  }
  if (!core.catalog.connections.list().some((row) => row.name === name && row.id !== ownId)) return
  throw new AppError('ALREADY_EXISTS', `There is a connection "${name}" already.`, {
    remedy: 'Choose another name, or change that one with `holdfast connection edit`.',
  })
}

/** A limit as it is after an edit: undefined leaves it, null takes it away. */
function withLimit<K extends string>(
  key: K,
  wanted: number | null | undefined,
  before: number | undefined,
): { readonly [key in K]?: number } {
  const after = wanted === undefined ? before : (wanted ?? undefined)
  return after === undefined ? {} : ({ [key]: after } as { readonly [key in K]?: number })
}
