import { z } from 'zod'
import { AppError } from '../../preload/contract/index.ts'
import { jsonColumn, type Sql } from './sql.ts'

/** What the audit chain ended with when it was last written. */
export const AuditHead = z.object({ number: z.number().int(), hash: z.string() })
export type AuditHead = z.infer<typeof AuditHead>

const valueRow = z.object({ value: z.string() })
const keys = {
  installation: 'installation',
  verifiedKit: 'kit.verified',
  auditHead: 'audit.head',
  rebuildReason: 'rebuild.reason',
  configuration: 'configuration.revision',
  backedUp: 'configuration.backed-up',
  toolFolders: 'tools.folders',
} as const

/** Single values of this installation. */
export class MetaRepository {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  get(key: string): string | null {
    return this.#sql.row(valueRow, 'SELECT value FROM meta WHERE key = @key', { key })?.value ?? null
  }

  set(key: string, value: string): void {
    this.#sql.run(
      'INSERT INTO meta (key, value) VALUES (@key, @value) ON CONFLICT (key) DO UPDATE SET value = @value',
      { key, value },
    )
  }

  remove(key: string): void {
    this.#sql.run('DELETE FROM meta WHERE key = @key', { key })
  }

  /** Id of this installation: a ULID made when the catalog was first opened. */
  get installation(): string {
    const id = this.get(keys.installation)
    if (id !== null) return id
    throw new AppError('CATALOG_CORRUPT', 'The catalog does not say which installation it belongs to.', {
      remedy: 'Run `holdfast doctor`.',
    })
  }

  setInstallation(id: string): void {
    this.set(keys.installation, id)
  }

  hasInstallation(): boolean {
    return this.get(keys.installation) !== null
  }

  /** Fingerprint of the key whose recovery kit was proved by a decryption; null before that. */
  get verifiedKit(): string | null {
    return this.get(keys.verifiedKit)
  }

  setVerifiedKit(fingerprint: string | null): void {
    if (fingerprint === null) this.remove(keys.verifiedKit)
    else this.set(keys.verifiedKit, fingerprint)
    this.configurationChanged()
  }

  get auditHead(): AuditHead | null {
    return (
      this.#sql.row(z.object({ value: jsonColumn(AuditHead) }), 'SELECT value FROM meta WHERE key = @key', {
        key: keys.auditHead,
      })?.value ?? null
    )
  }

  setAuditHead(head: AuditHead): void {
    this.set(keys.auditHead, JSON.stringify(head))
  }

  /** Why this catalog had to be rebuilt; null where it was not, or destinations have been rescanned since. */
  get rebuildReason(): string | null {
    return this.get(keys.rebuildReason)
  }

  setRebuildReason(reason: string | null): void {
    if (reason === null) this.remove(keys.rebuildReason)
    else this.set(keys.rebuildReason, reason)
  }

  /** Folders in which alone the vendors' programs are looked for; empty: PATH and the usual folders. */
  get toolFolders(): readonly string[] {
    const row = z.object({ value: jsonColumn(z.array(z.string())) })
    return this.#sql.row(row, 'SELECT value FROM meta WHERE key = @key', { key: keys.toolFolders })?.value ?? []
  }

  setToolFolders(folders: readonly string[]): void {
    if (folders.length === 0) this.remove(keys.toolFolders)
    else this.set(keys.toolFolders, JSON.stringify(folders))
    this.configurationChanged()
  }

  /** Counts a change that no manifest could bring back: connections, destinations, keys. */
  configurationChanged(): void {
    this.set(keys.configuration, String(Number(this.get(keys.configuration) ?? '0') + 1))
  }

  /** Whether such a change is in no backup of the catalog yet. */
  get isConfigurationBackedUp(): boolean {
    return (this.get(keys.configuration) ?? '0') === (this.get(keys.backedUp) ?? '0')
  }

  get configurationRevision(): string {
    return this.get(keys.configuration) ?? '0'
  }

  /** The changes up to this revision are in a backup of the catalog. */
  configurationBackedUp(revision: string): void {
    this.set(keys.backedUp, revision)
  }
}
