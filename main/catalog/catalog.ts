import type { Database } from 'better-sqlite3'
import { z } from 'zod'
import type { AppError } from '../../preload/contract/index.ts'
import { AuditRepository } from './audit-repository.ts'
import { BackupListsRepository } from './backup-lists-repository.ts'
import { BackupsRepository } from './backups-repository.ts'
import { backUpIfDue, backUpIfConfigurationChanged } from './catalog-backups.ts'
import { ConnectionsRepository } from './connections-repository.ts'
import { DestinationsRepository } from './destinations-repository.ts'
import { toCatalogError } from './errors.ts'
import { JobsRepository } from './jobs-repository.ts'
import { LeftoversRepository } from './leftovers-repository.ts'
import { LocksRepository } from './locks-repository.ts'
import { MetaRepository } from './meta-repository.ts'
import { openCatalogFile } from './open-file.ts'
import { PlansRepository, RestoresRepository } from './restores-repository.ts'
import { Sql } from './sql.ts'
import { ValidationsRepository } from './validations-repository.ts'

export type { ConnectionRow } from './connections-repository.ts'
export type { DestinationRow } from './destinations-repository.ts'
export type { BackupHistory } from './backup-rows.ts'
export type { ListedBackup } from './backup-lists-repository.ts'
export type { BackupEntry, BackupRecord, CopyRecord } from './backup-record.ts'
export { SwapJournal, type RestoreRecord } from './restores-repository.ts'
export type { ValidationRecord } from './validations-repository.ts'
export type { Leftover } from './leftovers-repository.ts'
export type { LockHolder } from './locks-repository.ts'
export type { JobOwner, JobRecord, ProcessIdentity } from './job-record.ts'
export { isGood, toSummary } from './backup-record.ts'
export { isEnded } from './job-record.ts'
export { destinationLock, sourceLock, targetLock } from './locks-repository.ts'

/** How a catalog is opened. */
export interface CatalogOptions {
  /** HOLDFAST_HOME; made 0700 where it is missing. */
  readonly home: string
  readonly appVersion: string
  /**
   * `owner` (the default): checks the file, mends or sets aside a damaged one, takes the catalog's own backups.
   * `job`: opens what an owner opened; a damaged file is `CATALOG_CORRUPT`.
   */
  readonly mode?: 'owner' | 'job'
}

/**
 * What this installation knows: one SQLite file in HOLDFAST_HOME, shared by all processes that work on it.
 * Every row is parsed when it is read; one that can't be is `CATALOG_CORRUPT`. Failures are `AppError`s.
 */
export class Catalog {
  readonly meta: MetaRepository
  readonly connections: ConnectionsRepository
  readonly destinations: DestinationsRepository
  readonly backups: BackupsRepository
  readonly backupLists: BackupListsRepository
  readonly validations: ValidationsRepository
  readonly restores: RestoresRepository
  readonly plans: PlansRepository
  readonly jobs: JobsRepository
  readonly locks: LocksRepository
  readonly leftovers: LeftoversRepository
  /** For `main/audit` alone. */
  readonly auditRows: AuditRepository
  readonly path: string
  readonly #sql: Sql
  readonly #database: Database
  readonly #release: () => void
  readonly #options: CatalogOptions
  #backupProblem: AppError | null = null

  private constructor(options: CatalogOptions) {
    const opened = openCatalogFile(options)
    this.#options = options
    this.#database = opened.database
    this.#release = () => opened.release()
    this.path = opened.path
    this.#sql = new Sql(opened.database)
    this.meta = new MetaRepository(this.#sql)
    this.connections = new ConnectionsRepository(this.#sql, this.meta)
    this.destinations = new DestinationsRepository(this.#sql, this.meta)
    this.backups = new BackupsRepository(this.#sql)
    this.backupLists = new BackupListsRepository(this.#sql, this.backups)
    this.validations = new ValidationsRepository(this.#sql)
    this.restores = new RestoresRepository(this.#sql)
    this.plans = new PlansRepository(this.#sql)
    this.jobs = new JobsRepository(this.#sql)
    this.locks = new LocksRepository(this.#sql)
    this.leftovers = new LeftoversRepository(this.#sql)
    this.auditRows = new AuditRepository(this.#sql)
    if (opened.rebuildReason !== null) this.meta.setRebuildReason(opened.rebuildReason)
  }

  /**
   * Opens the catalog, making it on first use. `CATALOG_TOO_NEW` where a newer version wrote it; nothing is changed then.
   * A damaged file is set aside as `catalog.corrupt-<time>.sqlite` and the newest sound backup takes its place.
   */
  static open(options: CatalogOptions): Catalog {
    const catalog = new Catalog(options)
    closeAtExit(catalog)
    if (options.mode !== 'job') catalog.#backUp(backUpIfDue)
    return catalog
  }

  /** Id of this installation. */
  get installation(): string {
    return this.meta.installation
  }

  /**
   * Whether rows may be missing because the file was damaged. Stays true, over restarts, until `rebuildDone`: the caller
   * rescans all destinations first.
   */
  get wasRebuilt(): boolean {
    return this.meta.rebuildReason !== null
  }

  /** One sentence: what was wrong with the file and what was done; null where `wasRebuilt` is false. */
  get rebuildReason(): string | null {
    return this.meta.rebuildReason
  }

  /** Why the catalog's own backup could not be taken when it was opened; null where all is well. For `doctor`. */
  get backupProblem(): AppError | null {
    return this.#backupProblem
  }

  /** All destinations have been rescanned. */
  rebuildDone(): void {
    this.meta.setRebuildReason(null)
  }

  /**
   * Runs `work` in one transaction that holds the write lock from its beginning; joins one that is open.
   * What `work` throws rolls back all it wrote. `work` is synchronous.
   */
  transaction<T>(work: () => T): T {
    return this.#sql.transaction(work)
  }

  /** Changes whenever another process wrote to the catalog. Cheap: may be asked several times a second. */
  dataVersion(): number {
    return this.#sql.dataVersion()
  }

  /** Grows with every change of what a window shows, whichever process made it; progress of jobs doesn't count. */
  revision(): number {
    return this.#sql.row(z.object({ revision: z.number() }), 'SELECT revision FROM changes')?.revision ?? 0
  }

  /** May be called twice. */
  close(): void {
    if (!this.#database.open) return
    if (this.#options.mode !== 'job') this.#backUp(backUpIfConfigurationChanged)
    this.#database.close()
    this.#release()
    openCatalogs.delete(this)
  }

  /** A backup of the catalog that can't be taken must not keep anybody from freeing space, or from anything else. */
  #backUp(take: typeof backUpIfDue): void {
    try {
      take(this.#database, this.meta, this.#options.home)
    } catch (error) {
      this.#backupProblem = toCatalogError(error)
    }
  }
}

const openCatalogs = new Set<Catalog>()
let isWatching = false

/** SQLite's binding closes the file when the process ends by itself: without this, the next start would miss the log of a dead process. */
function closeAtExit(catalog: Catalog): void {
  openCatalogs.add(catalog)
  if (isWatching) return
  isWatching = true
  process.on('exit', () => {
    for (const each of openCatalogs) each.close()
  })
}
