/** What a pasted address says, as the form's fields. Absent: it doesn't say. */
export interface ConnectionAddress {
  readonly host?: string
  readonly port?: string
  readonly user?: string
  readonly database?: string
  readonly tls?: string
  readonly service?: string
  /** Goes to the field of the password and nowhere else. */
  readonly password?: string
  /** Settings of the address that a connection here doesn't have, by their names alone. */
  readonly leftOut: readonly string[]
}

/** An address that was read, or why it can't be, in a sentence that doesn't quote it: it may hold a password. */
export type ParsedAddress =
  { readonly ok: true; readonly address: ConnectionAddress } | { readonly ok: false; readonly problem: string }

const tlsModes = new Set(['disable', 'prefer', 'require', 'verify-ca', 'verify-full'])

/** Whether a text is meant as an address of a database. */
export function looksLikeAddress(text: string): boolean {
  return /^\s*(jdbc:)?[a-z][a-z0-9+]*:\/\//i.test(text)
}

/**
 * Reads `postgres://user:password@host:port/database?sslmode=require`, as libpq does: percent-encoded parts, `[::1]`, a socket's folder
 * in `host=`, settings after `?`. Also with `jdbc:` before it.
 */
export function parseConnectionUrl(text: string): ParsedAddress {
  const match = /^\s*(?:jdbc:)?([a-z][a-z0-9+]*):\/\/(\S*)\s*$/i.exec(text)
  const scheme = match?.[1]?.toLowerCase()
  const rest = match?.[2]
  if (scheme === undefined || rest === undefined) {
    return problem('An address looks like postgres://user@host:5432/database.')
  }
  if (scheme !== 'postgres' && scheme !== 'postgresql') {
    return problem(`Addresses that begin with ${scheme}:// are not for PostgreSQL.`)
  }
  if (rest.includes('#')) return problem('A # in an address is written %23.')
  const parts = /^(?:([^/?]*)@)?(\[[^\]/?]*\]|[^:/?@]*)(?::([^/?]*))?(?:\/([^?]*))?(?:\?(.*))?$/.exec(rest)
  if (parts === null) return problem('A /, ? or : in a user name or password is written %2F, %3F or %3A.')
  const [, login, host, port, database, query] = parts
  const colon = login === undefined ? -1 : login.indexOf(':')
  const user = login === undefined ? undefined : colon < 0 ? login : login.slice(0, colon)
  const password = login === undefined || colon < 0 ? undefined : login.slice(colon + 1)
  try {
    return checked({
      ...said('host', host === undefined ? undefined : withoutBrackets(host)),
      ...said('port', port),
      ...said('user', user),
      ...said('password', password),
      ...said('database', database),
      ...settings(query ?? ''),
    })
  } catch {
    return problem('A % in an address is written %25.')
  }
}

type Read = Omit<ConnectionAddress, 'leftOut'> & { readonly leftOut: readonly string[] }

function checked(address: Read): ParsedAddress {
  if (/[,\s]/.test(address.host ?? '')) return problem('An address must name one host.')
  if (address.port !== undefined && !isPort(address.port)) return problem('A port is a number from 1 to 65535.')
  return { ok: true, address }
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535
}

const fieldOf = new Map<string, 'host' | 'port' | 'user' | 'database' | 'password' | 'service'>([
  ['host', 'host'],
  ['hostaddr', 'host'],
  ['port', 'port'],
  ['user', 'user'],
  ['dbname', 'database'],
  ['password', 'password'],
  ['service', 'service'],
])

/** The settings after `?`; those that have no field here are named. */
function settings(query: string): Read {
  const found: Record<string, string> = {}
  const leftOut: string[] = []
  for (const pair of query.split('&').filter((each) => each !== '')) {
    const [name = '', ...rest] = pair.split('=')
    const value = decodeURIComponent(rest.join('='))
    const field = fieldOf.get(name)
    if (field !== undefined) found[field] = value
    else if (name === 'sslmode' && tlsModes.has(value)) found['tls'] = value
    else leftOut.push(decodeURIComponent(name))
  }
  return { ...found, leftOut }
}

function said<K extends 'host' | 'port' | 'user' | 'password' | 'database'>(
  name: K,
  encoded: string | undefined,
): Partial<Record<K, string>> {
  if (encoded === undefined || encoded === '') return {}
  return { [name]: decodeURIComponent(encoded) } as Partial<Record<K, string>>
}

function withoutBrackets(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host
}

function problem(sentence: string): ParsedAddress {
  return { ok: false, problem: sentence }
}
