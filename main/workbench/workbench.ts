import { z } from 'zod'
import type { DestinationType, EngineId, Origin } from '../../preload/contract/index.ts'
import { AppError } from '../../preload/contract/index.ts'
import type { Audit } from '../audit/audit.ts'
import type { Catalog, ConnectionRow, DestinationRow } from '../catalog/catalog.ts'
import type { OpenDestination, RegisteredDestination } from '../destinations/destination.ts'
import type { FingerprintKey } from '../engines/archive-reader.ts'
import type { Access, Engine, Tunnel, TunnelTarget } from '../engines/engine.ts'
import { signingKeyFromSeed, type SigningKey } from '../artifact/keys.ts'
import type { Manifest } from '../artifact/manifest.ts'
import { originOf, type TrustedKeys } from '../artifact/trust.ts'
import { Secret } from '../secrets/secret.ts'

/**
 * The secrets of one job, resolved by the parent and sent over the fork channel once.
 * A connection or destination that needs none is not in its record.
 */
export const JobSecrets = z.object({
  connections: z.record(z.string(), z.string()),
  destinations: z.record(z.string(), z.string()),
  /** Passwords of SSH users and passphrases of their keys, by connection. */
  tunnels: z.record(z.string(), z.string()).optional(),
  /** All age identities of this installation, newest first. */
  identities: z.array(z.string()),
  /** age recipients of new backups; empty until a kit is verified. */
  recipients: z.array(z.string()),
  /** 32 bytes in hexadecimal. */
  signingSeed: z.string(),
  fingerprintKey: z.object({ id: z.string(), hex: z.string() }),
})
export type JobSecrets = z.infer<typeof JobSecrets>

/** Finds engines and destinations by id: the registries, as the composition root hands them in. */
export interface Registries {
  engine(id: EngineId): Engine<unknown>
  readonly engines: readonly Engine<unknown>[]
  destination(type: DestinationType): RegisteredDestination
}

/** What every use case stands on. */
export interface Workbench extends Registries {
  readonly catalog: Catalog
  readonly audit: Audit
  readonly home: string
  readonly appVersion: string
  /** Id of this installation: marks databases and manifests as its own. */
  readonly installation: string
  readonly secrets: JobSecrets
  /** Public keys whose signatures mean something here. */
  readonly trusted: TrustedKeys
  /** The tunnel of a connection, the same for each who asks. Absent where no server is reached. */
  readonly tunnel?: (connectionId: string, target: TunnelTarget, secret: Secret) => Tunnel
}

/** An engine with the connection opened on it. */
export interface OpenConnection {
  readonly row: ConnectionRow
  readonly engine: Engine<unknown>
  readonly access: Access<unknown>
}

/** Opens a connection for this job: its profile parsed anew, its secret beside it. */
export function openConnection(bench: Workbench, row: ConnectionRow): OpenConnection {
  const engine = bench.engine(row.engine)
  const profile = engine.profileSchema.parse(row.profile)
  const secret = bench.secrets.connections[row.id]
  const tunnel = tunnelOf(bench, row, engine.tunnelOf?.(profile) ?? null)
  return {
    row,
    engine,
    access: {
      profile,
      secret: secret === undefined ? Secret.none() : Secret.of(secret),
      ...(tunnel === null ? {} : { tunnel }),
    },
  }
}

function tunnelOf(bench: Workbench, { id }: ConnectionRow, target: TunnelTarget | null): Tunnel | null {
  if (target === null || bench.tunnel === undefined) return null
  const secret = bench.secrets.tunnels?.[id]
  return bench.tunnel(id, target, secret === undefined ? Secret.none() : Secret.of(secret))
}

/** Opens a destination for this job. */
export function openDestination(bench: Workbench, row: DestinationRow): OpenDestination {
  const secret = bench.secrets.destinations[row.id]
  return bench.destination(row.type).open(row.settings, secret === undefined ? Secret.none() : Secret.of(secret))
}

/** The key under which new backups are fingerprinted. */
export function ownFingerprintKey(bench: Workbench): FingerprintKey {
  return {
    id: bench.secrets.fingerprintKey.id,
    bytes: new Uint8Array(Buffer.from(bench.secrets.fingerprintKey.hex, 'hex')),
  }
}

/** The connection of that id, also when it was removed meanwhile: then an error that says what to do. */
export function connectionById(bench: Workbench, id: string, name: string): ConnectionRow {
  const row = bench.catalog.connections.list().find((candidate) => candidate.id === id)
  if (row !== undefined) return row
  throw new AppError('NOT_FOUND', `The connection "${name}" is not registered here any more.`, {
    remedy: 'Name another connection, or add this one again with `holdfast connection add`.',
  })
}

/** The key that signs this installation's manifests. */
export function ownSigningKey(bench: Workbench): SigningKey {
  return signingKeyFromSeed(new Uint8Array(Buffer.from(bench.secrets.signingSeed, 'hex')))
}

/** Who stands behind a backup. What was taken in from a file without a manifest is signed here, but its origin is unknown. */
export function originOfManifest(bench: Workbench, manifest: Pick<Manifest, 'kind' | 'signature'>): Origin {
  return manifest.kind === 'import' ? 'unknown' : originOf(manifest, bench.trusted)
}
