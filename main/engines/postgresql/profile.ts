import { z } from 'zod'
import { SshReach } from '../../../preload/contract/index.ts'

/** How a connection is protected; the words and their meaning are libpq's. */
export const TlsMode = z.enum(['disable', 'prefer', 'require', 'verify-ca', 'verify-full'])
export type TlsMode = z.infer<typeof TlsMode>

const name = z
  .string()
  .min(1)
  .max(1000)
  .refine((text) => !text.includes('\0'), 'must not contain a NUL character')

/** A connection to a PostgreSQL server, without secrets. What is left out comes from the service, then from the defaults of libpq. */
export const PostgresProfile = z.object({
  /** Name or address of one host; a path that begins with `/` is the folder of the server's socket. */
  host: name.regex(/^[^,\s]+$|^\//, 'must be one host').optional(),
  port: z.coerce.number().int().min(1).max(65_535).optional(),
  user: name.optional(),
  database: name.optional(),
  tls: TlsMode.optional(),
  /** Absolute path of the certificates that are trusted (PEM). */
  caFile: name.optional(),
  /** Name of a section in the connection service file (`pg_service.conf`). */
  service: name.optional(),
  /** The server is reached through this SSH server, from where `host` and `port` are seen. */
  ssh: SshReach.optional(),
  /** Why a person accepted a connection without verified TLS. Set by the application, for this very server and way. */
  acceptedUnverifiedTls: z.string().min(1).max(1000).optional(),
})
export type PostgresProfile = z.infer<typeof PostgresProfile>
