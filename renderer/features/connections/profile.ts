import { z } from 'zod'
import { DisplayName, type Connection, type EngineId } from '../../../preload/contract/index.ts'
import type { CliOptions } from '../../lib/cli-command.ts'
import {
  FileChoice,
  noSsh,
  pathInput,
  shownPath,
  sshFormOf,
  sshIssues,
  sshOptions,
  sshProfile,
  sshShape,
} from './ssh.ts'

/** How a connection is protected: libpq's words, and what each means. */
export const tlsModes = [
  { value: 'prefer', label: 'prefer', note: 'TLS where the server offers it; nothing is checked' },
  { value: 'require', label: 'require', note: 'TLS or no connection; the server is not checked' },
  { value: 'verify-ca', label: 'verify-ca', note: 'TLS, and the server has a trusted certificate' },
  { value: 'verify-full', label: 'verify-full', note: 'As verify-ca, and the certificate names this host' },
  { value: 'disable', label: 'disable', note: 'No TLS: what is sent can be read on the way' },
] as const

const oneHost = z.string().regex(/^[^,\s]*$|^\//, 'Name one host, or the folder of a socket.')
const port = z
  .string()
  .regex(/^\d{0,5}$/, 'A port is a number from 1 to 65535.')
  .refine((text) => text === '' || (Number(text) >= 1 && Number(text) <= 65_535), 'A port is a number from 1 to 65535.')

/** The fields that describe a connection, as they are typed. Without secrets. */
export const ConnectionForm = z.object({
  engine: z.enum(['sqlite', 'postgresql']),
  name: z.string().refine((text) => DisplayName.safeParse(text).success, 'Type a name without a space at its ends.'),
  file: FileChoice.nullable(),
  host: oneHost,
  port,
  user: z.string(),
  database: z.string(),
  tls: z.enum(['disable', 'prefer', 'require', 'verify-ca', 'verify-full']),
  service: z.string(),
  caFile: FileChoice.nullable(),
  ...sshShape,
})
export type ConnectionForm = z.infer<typeof ConnectionForm>

/** As it is sent when the form is complete: what is missing is said field by field. */
export const CompleteConnectionForm = ConnectionForm.superRefine((form, context) => {
  const { engine, file, host, service } = form
  if (engine === 'sqlite' && file === null) {
    context.addIssue({ code: 'custom', path: ['file'], message: 'Choose the file of the database.' })
  }
  if (engine === 'postgresql' && host === '' && service === '') {
    context.addIssue({ code: 'custom', path: ['host'], message: 'Type the name or address of the server.' })
  }
  if (engine !== 'postgresql') return
  for (const { field, message } of sshIssues(form)) context.addIssue({ code: 'custom', path: [field], message })
})

/** A form nobody has typed into. */
export const emptyForm: ConnectionForm = {
  engine: 'postgresql',
  name: '',
  file: null,
  host: '',
  port: '',
  user: '',
  database: '',
  tls: 'prefer',
  service: '',
  caFile: null,
  ...noSsh,
}

/** The engine's profile as the application wants it; what was left empty is left out. */
export function profileOf(form: ConnectionForm): Record<string, unknown> {
  if (form.engine === 'sqlite') return form.file === null ? {} : { path: pathInput(form.file) }
  const { host, port: typedPort, user, database, tls, service, caFile } = form
  const ssh = sshProfile(form)
  return {
    ...filled({ host, user, database, service }),
    ...(typedPort === '' ? {} : { port: Number(typedPort) }),
    // A service says itself how it is protected, unless something stricter was chosen.
    ...(service !== '' && tls === 'prefer' ? {} : { tls }),
    ...(caFile === null ? {} : { caFile: pathInput(caFile) }),
    ...(ssh === null ? {} : { ssh }),
  }
}

/**
 * The same for a connection that is stored. A TLS mode that was left out stays left out: said for the first time it would be another
 * way to the server, to which neither the stored password nor what was accepted of it belongs.
 */
export function editedProfileOf(form: ConnectionForm, stored: Connection['profile']): Record<string, unknown> {
  const { tls, ...profile } = profileOf(form)
  return tls === undefined || (tls === 'prefer' && stored['tls'] === undefined) ? profile : { ...profile, tls }
}

/** The form of a connection that is stored. */
export function formOf({ engine, name, profile }: Connection): ConnectionForm {
  const text = (field: string) => {
    const value = profile[field]
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  }
  const file = (field: string) => (text(field) === '' ? null : { stored: text(field) })
  const tls = ConnectionForm.shape.tls.safeParse(profile['tls'])
  return {
    engine,
    name,
    file: file('path'),
    host: text('host'),
    port: text('port'),
    user: text('user'),
    database: text('database'),
    tls: tls.success ? tls.data : 'prefer',
    service: text('service'),
    caFile: file('caFile'),
    ...sshFormOf(profile),
  }
}

/** Where the data is, on one line: `db1.example.net:5432/sales`, `/srv/shop.db`. */
export function whereText(form: ConnectionForm): string {
  if (form.engine === 'sqlite') return form.file === null ? '' : shownPath(form.file)
  const server = form.host === '' ? `service ${form.service}` : form.host
  const withPort = form.port === '' ? server : `${server}:${form.port}`
  return form.database === '' ? withPort : `${withPort}/${form.database}`
}

/** The flags of `holdfast connection add` and `edit` for it. */
export function cliOptionsOf(form: ConnectionForm): CliOptions {
  if (form.engine === 'sqlite') return { path: form.file === null ? null : shownPath(form.file) }
  const { host, port: typedPort, user, database, tls, service, caFile } = form
  const isSocket = host.startsWith('/')
  return {
    host: isSocket ? null : host || null,
    socket: isSocket ? host : null,
    port: typedPort || null,
    user: user || null,
    database: database || null,
    service: service || null,
    tls: tls === 'prefer' ? null : tls,
    'ca-file': caFile === null ? null : shownPath(caFile),
    ...sshOptions(form),
  }
}

/** A name to begin with: the database's, the file's, else the server's. */
export function proposedName(form: ConnectionForm): string {
  if (form.engine === 'sqlite') {
    const base = form.file === null ? '' : (shownPath(form.file).split(/[\\/]/).at(-1) ?? '')
    return base.replace(/\.(db3?|sqlite3?|s3db)$/i, '').trim()
  }
  return (form.database || form.host || form.service).trim()
}

/** What an engine's connections are, for a choice. */
export const engineNotes: Readonly<Record<EngineId, string>> = {
  postgresql: 'A database on a server, dumped by pg_dump in one snapshot.',
  sqlite: 'A database file on this machine, copied while programs use it.',
}

function filled(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))
}

/**
 * Whether what is sent could be read or changed on its way: no socket, not this machine, no SSH tunnel, and no TLS whose certificate
 * is verified. A server that only a service names is not known here.
 */
export function isUnverified({ engine, host, tls, caFile, sshBy }: ConnectionForm): boolean {
  if (engine !== 'postgresql' || sshBy !== 'none' || host === '' || host.startsWith('/')) return false
  if (host.toLowerCase() === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)) return false
  if (tls === 'verify-full' || tls === 'verify-ca') return false
  return tls !== 'require' || caFile === null
}
