import { AppError, type Blocker, type Connection, type Warning } from '../../preload/contract/index.ts'
import type { Engine } from '../engines/engine.ts'

type Row = Pick<Connection, 'name' | 'environment' | 'profile'>

/** Why what goes between here and the server could be read or changed on its way; null where it is protected. Pure. */
export function whyUnprotected(engine: Engine<unknown>, profile: unknown): string | null {
  return engine.unprotected?.(engine.profileSchema.parse(profile)) ?? null
}

/** The reason with which a person accepted that; null where nobody did. Pure. */
export function acceptedReason({ profile }: Pick<Connection, 'profile'>): string | null {
  const reason = profile['acceptedUnverifiedTls']
  return typeof reason === 'string' ? reason : null
}

/** The standing warning of a connection without verified TLS; none where it is protected. Pure. */
export function protectionWarnings(engine: Engine<unknown>, row: Pick<Row, 'profile'>): readonly Warning[] {
  const why = whyUnprotected(engine, row.profile)
  if (why === null) return []
  const reason = acceptedReason(row)
  const accepted = reason === null ? '' : ` Accepted: ${reason}`
  return [{ code: 'TLS_NOT_VERIFIED', message: `${why}${accepted}` }]
}

/** Stops what would send a production database over such a connection, until somebody accepted it with a reason. Pure. */
export function protectionBlockers(engine: Engine<unknown>, row: Row): readonly Blocker[] {
  const why = row.environment === 'production' ? whyUnprotected(engine, row.profile) : null
  if (why === null || acceptedReason(row) !== null) return []
  return [
    {
      code: 'TLS_NOT_VERIFIED',
      message: `"${row.name}" is a production connection. ${why}`,
      remedy: `Use the TLS mode verify-full, or an SSH tunnel; or accept it: holdfast connection edit ${row.name} --accept-unverified-tls "<reason>"`,
    },
  ]
}

/** The same as an error: `TLS_FAILED`. */
export function assertProtected(engine: Engine<unknown>, row: Row): void {
  const [blocker] = protectionBlockers(engine, row)
  if (blocker !== undefined) throw new AppError('TLS_FAILED', blocker.message, { remedy: blocker.remedy })
}
