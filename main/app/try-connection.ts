import type { Connection, LiveObject, ServerInfo } from '../../preload/contract/index.ts'
import type { Access } from '../engines/engine.ts'
import { Secret } from '../secrets/secret.ts'
import { protectionWarnings } from '../workbench/protection.ts'
import { registries } from './registries.ts'
import { TunnelDesk } from './tunnel-desk.ts'

/** A connection with its secrets, saved or not. */
export interface Attempt {
  readonly engine: Connection['engine']
  readonly profile: Connection['profile']
  readonly password: string | null
  /** Password of the SSH user, or passphrase of its key. */
  readonly sshSecret: string | null
}

/** Connects, by its tunnel where it has one, and tells what is there. The error says which part of the way failed. */
export async function tryConnection(attempt: Attempt, signal: AbortSignal): Promise<ServerInfo> {
  const engine = registries.engine(attempt.engine)
  const info = await withAccess(attempt, (access) => engine.inspect(access, signal))
  return { ...info, warnings: [...protectionWarnings(engine, { profile: attempt.profile }), ...info.warnings] }
}

/** What of a database can be chosen for a backup; null: the connection's own. */
export function readObjects(attempt: Attempt, database: string | null, signal: AbortSignal): Promise<LiveObject[]> {
  const engine = registries.engine(attempt.engine)
  return withAccess(attempt, async (access) => {
    const wanted = database ?? engine.defaultDatabase(access.profile)
    return [...(await engine.choosable(access, wanted, signal))]
  })
}

async function withAccess<T>(attempt: Attempt, work: (access: Access<unknown>) => Promise<T>): Promise<T> {
  const engine = registries.engine(attempt.engine)
  const profile = engine.profileSchema.parse(attempt.profile)
  const target = engine.tunnelOf?.(profile) ?? null
  const tunnels = new TunnelDesk()
  try {
    return await work({
      profile,
      secret: secretOf(attempt.password),
      ...(target === null ? {} : { tunnel: tunnels.of('', target, secretOf(attempt.sshSecret)) }),
    })
  } finally {
    tunnels.close()
  }
}

function secretOf(value: string | null): Secret {
  return value === null ? Secret.none() : Secret.of(value)
}
