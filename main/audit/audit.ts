import { createHash } from 'node:crypto'
import { hostname, userInfo } from 'node:os'
import canonicalize from 'canonicalize'
import type { z } from 'zod'
import { AppError, type AuditEntry, type AuditVerification } from '../../preload/contract/index.ts'
import type { Catalog } from '../catalog/catalog.ts'

/** What is written down. Actor, number and time are added. */
export interface AuditNote {
  /** Dotted: `backup.created`, `restore.refused`. */
  readonly action: string
  /** What it was done to: an id, a name. */
  readonly subject: string
  readonly outcome: AuditEntry['outcome']
  readonly detail?: Readonly<Record<string, unknown>>
}

/** The end of the chain at some moment. A manifest carries one, so that a cut tail shows. */
export interface AuditHead {
  readonly number: number
  readonly hash: string
}

export interface AuditOptions {
  readonly catalog: Catalog
  /** Applied to every text of an entry before it is stored. */
  readonly redact: (text: string) => string
  /** Who does it; by default the operating system's user@host. */
  readonly actor?: string
}

const pageSize = 1_000
const manifestsLookedAt = 1_000
const beginning = '0'.repeat(64)

/**
 * What was done and refused here, as an append-only chain: each entry's hash is SHA-256 over the canonical JSON
 * (RFC 8785) of the entry and the hash before it. Several processes may write at once.
 */
export class Audit {
  readonly #options: AuditOptions
  readonly #actor: string

  constructor(options: AuditOptions) {
    this.#options = options
    this.#actor = options.actor ?? systemActor()
  }

  /** Appends one entry. In an open transaction of the catalog it stands or falls with it. */
  write(note: AuditNote): AuditEntry {
    const { catalog } = this.#options
    return catalog.transaction(() => {
      const previous = this.head()
      const content = {
        number: (previous?.number ?? 0) + 1,
        at: new Date().toISOString(),
        actor: this.#actor,
        action: note.action,
        subject: this.#options.redact(note.subject).toWellFormed(),
        outcome: note.outcome,
        detail: redactDetail(note.detail ?? {}, this.#options.redact),
      }
      const entry = { ...content, hash: hashOf(content, previous?.hash ?? beginning) }
      catalog.auditRows.append(entry)
      catalog.meta.setAuditHead({ number: entry.number, hash: entry.hash })
      return entry
    })
  }

  /** The newest entries, newest first. */
  list(limit = 100): readonly AuditEntry[] {
    return this.#options.catalog.auditRows.newest(limit)
  }

  /** The last entry's number and hash; null before the first entry. */
  head(): AuditHead | null {
    const [newest] = this.#options.catalog.auditRows.newest(1)
    return newest === undefined ? null : { number: newest.number, hash: newest.hash }
  }

  /**
   * Reads the whole chain. `brokenAt` is the first number whose entry was changed, removed or cut off: by the hashes, by
   * the head that the catalog notes apart, by the heads in this installation's stored manifests, and by `anchors`.
   */
  verify(anchors: readonly AuditHead[] = []): z.infer<typeof AuditVerification> {
    const { catalog } = this.#options
    return catalog.transaction(() => {
      const noted = catalog.meta.auditHead
      const known = [
        ...anchors,
        ...(noted === null ? [] : [noted]),
        ...catalog.auditRows.anchorsInManifests(catalog.installation, manifestsLookedAt),
      ]
      const byNumber = Map.groupBy(known, ({ number }) => number)
      let last: AuditHead = { number: 0, hash: beginning }
      for (;;) {
        const page = catalog.auditRows.page(last.number, pageSize)
        for (const entry of page) {
          const { hash, ...content } = entry
          const isIntact = entry.number === last.number + 1 && hashOf(content, last.hash) === hash
          const isAnchored = (byNumber.get(entry.number) ?? []).every((anchor) => anchor.hash === hash)
          if (!isIntact || !isAnchored) return { valid: false, entries: this.#count(), brokenAt: last.number + 1 }
          last = { number: entry.number, hash }
        }
        if (page.length < pageSize) break
      }
      const isCut = known.some(({ number }) => number > last.number)
      return isCut
        ? { valid: false, entries: last.number, brokenAt: last.number + 1 }
        : { valid: true, entries: last.number }
    })
  }

  #count(): number {
    return this.#options.catalog.auditRows.count()
  }
}

/** JSON's view of a value, with every text in it redacted. Half surrogates would not survive SQLite: they are replaced before hashing. */
function redactDeep(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value).toWellFormed()
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value === 'boolean') return value
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return value.map((each) => redactDeep(each, redact))
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'object' && value !== null ? redactDetail(value, redact) : null
}

function redactDetail(detail: object, redact: (text: string) => string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(detail).map(([key, value]) => [redact(key).toWellFormed(), redactDeep(value, redact)]),
  )
}

function hashOf(content: Omit<AuditEntry, 'hash'>, previous: string): string {
  const text = canonicalize({ ...content, previous })
  if (text === undefined) throw new AppError('INTERNAL', 'An audit entry can not be written as JSON.')
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

export function systemActor(): string {
  return `${userName()}@${hostname()}`
}

function userName(): string {
  try {
    return userInfo().username
  } catch (error) {
    // A user id without an entry in the system's list of users, as in some containers.
    if (error instanceof Error) return `uid ${String(process.getuid?.() ?? 'unknown')}`
    throw error
  }
}
