import { createHash, randomBytes } from 'node:crypto'

/**
 * Who may use the window. A token is good for one session, and only the newest one is good; a session lasts as long
 * as this process. Only digests are kept, so that looking one up tells nothing about it.
 */
export class Sessions {
  readonly #cookieName: string
  readonly #sessions = new Set<string>()
  #token: string | null = null

  /** Browsers don't keep the cookies of two ports apart: the name does. */
  constructor(port: number) {
    this.#cookieName = `holdfast-${port}`
  }

  /** A fresh token of 256 bits for the address. The one before it, where it was not used, is dead. */
  issueToken(): string {
    const token = randomSecret()
    this.#token = digest(token)
    return token
  }

  /** Opens a session for a token, which is dead then, and answers the `Set-Cookie` header; null for any other token. */
  redeem(token: string): string | null {
    if (this.#token === null || digest(token) !== this.#token) return null
    this.#token = null
    const session = randomSecret()
    this.#sessions.add(digest(session))
    return `${this.#cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/`
  }

  /** Whether a `Cookie` header names a session of this process. */
  has(cookieHeader: string | undefined): boolean {
    const prefix = `${this.#cookieName}=`
    const pairs = (cookieHeader ?? '').split(';').map((pair) => pair.trim())
    return pairs.some((pair) => pair.startsWith(prefix) && this.#sessions.has(digest(pair.slice(prefix.length))))
  }
}

function randomSecret(): string {
  return randomBytes(32).toString('base64url')
}

function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64')
}
