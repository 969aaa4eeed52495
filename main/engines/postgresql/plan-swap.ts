import type { Blocker, Warning } from '../../../preload/contract/index.ts'
import type { CurrentObject, DatabaseFacts, EnginePlan, Manifest, PlanRequest } from '../engine.ts'
import { adoptionStatements } from './adopt-properties.ts'
import { createStatement } from './create-statement.ts'
import { freshProperties, readProperties, type DatabaseProperties } from './database-properties.ts'
import { describeEndpoint, type Endpoint } from './endpoint.ts'
import { localeOf, readFactsFromOutside, readSystemIdentifier } from './facts.ts'
import { findGlobals } from './globals-findings.ts'
import { extensionFindings } from './plan-checks.ts'
import { needsBlockers } from './needs-blockers.ts'
import {
  collationWarnings,
  findRestoreTool,
  nameBlockers,
  restoreCommand,
  versionBlockers,
  type ToolFinding,
} from './plan-parts.ts'
import { plannedArchive, sharingBlockers, type PlannedArchive } from './parallel-restore.ts'
import { quoteIdentifier } from './quoting.ts'
import type { Session } from './session.ts'
import { exchangeStatements } from './swap.ts'
import { adoptionBlockers } from './swap-blockers.ts'
import { examine, withOutside } from './swap-survey.ts'
import { listDatabases } from './target-checks.ts'

/** While the restored database is built and proven both are there, and the new one's write-ahead log. */
const spaceFactor = 2.5

/** See `Engine.planRestore`: beside a database that is there, which then gives up its name. Nothing on the server is touched. */
export function planSwap(
  endpoint: Endpoint,
  request: PlanRequest,
  manifest: Manifest,
  facts: DatabaseFacts | null,
  signal: AbortSignal,
): Promise<EnginePlan> {
  const { database, disconnectOthers } = request
  return withOutside(endpoint, database, signal, async (outside, missing) => {
    const tool = await findRestoreTool(manifest, outside.versionNumber)
    const extensions = await extensionFindings(outside, facts, false)
    const globals = await findGlobals(outside, facts, request)
    const general: Blocker[] = [
      ...nameBlockers(database),
      ...needsBlockers(manifest),
      ...partsBlockers(request),
      ...missing,
      ...versionBlockers(manifest, outside.versionNumber),
      ...tool.blockers,
      ...sharingBlockers(request, tool.without),
      ...globals.blockers,
      ...extensions.blockers,
    ]
    const warnings = [
      ...globals.warnings,
      ...extensions.warnings,
      ...tool.warnings,
      ...collationWarnings(manifest, outside.versionNumber),
    ]
    const target = {
      server: describeEndpoint(endpoint),
      database,
      systemIdentifier: await readSystemIdentifier(outside),
    }
    const space = { neededBytes: Math.ceil(manifest.plaintextBytes * spaceFactor), freeBytes: null }
    const [entry] = await listDatabases(outside, { oid: '', name: database })
    const like = await readFactsFromOutside(outside, database)
    const properties = entry === undefined ? null : await readProperties(outside, entry.oid)
    if (entry === undefined || like === null || properties === null) {
      return {
        target: { ...target, exists: false, databaseIdentity: null, structure: null },
        blockers: [...general, missingBlocker(endpoint, database)],
        warnings,
        commands: [],
        current: null,
        space,
      }
    }
    const found = await examine(endpoint, outside, entry, { disconnectOthers, signal })
    return {
      target: { ...target, exists: true, databaseIdentity: entry.oid, structure: found.structure },
      blockers: [...general, ...found.blockers, ...(await adoptionBlockers(outside, properties))],
      warnings: [
        ...warnings,
        ...found.warnings,
        ...localeWarnings(like, facts),
        ...lossWarnings(found.current, request),
      ],
      ...(globals.roles.length === 0 ? {} : { roles: globals.roles }),
      commands: [
        ...globals.commands,
        ...commands(endpoint, outside, {
          request,
          like,
          properties,
          tool,
          archive: plannedArchive(request, manifest),
          oid: entry.oid,
          comment: entry.comment,
        }),
      ],
      current: found.current,
      space,
    }
  })
}

function partsBlockers({ content, include, exclude }: PlanRequest): readonly Blocker[] {
  if (content === 'full' && include.length === 0 && exclude.length === 0) return []
  const message = 'A swap exchanges the whole database: a part of a backup would take the place of everything.'
  return [{ code: 'UNSUPPORTED', message, remedy: 'Restore parts in place, or the whole backup.' }]
}

function missingBlocker(endpoint: Endpoint, database: string): Blocker {
  const message = `There is no database "${database}" on ${describeEndpoint(endpoint)} to exchange.`
  return { code: 'DATABASE_MISSING', message, remedy: 'Use --mode new, which creates it.' }
}

/** The restored database is created like the one whose place it takes, not like the one of the backup. */
function localeWarnings(like: DatabaseFacts, facts: DatabaseFacts | null): readonly Warning[] {
  if (facts === null) return []
  const textOf = (each: DatabaseFacts) => {
    const locale = localeOf(each)
    const parts = [each.encoding, locale?.provider, locale?.collate, locale?.ctype, locale?.locale]
    return parts.filter((part) => part !== null && part !== undefined).join(' ')
  }
  const [now, then] = [textOf(like), textOf(facts)]
  if (now === then) return []
  const message = `The database's encoding and collation are ${now}, those of the backup ${then}: the restored one is created with ${now}, so that its order of text may be another, and characters that it doesn't have stop the restore.`
  return [{ code: 'OTHER_LOCALE', message }]
}

function lossWarnings(current: readonly CurrentObject[], { archive }: PlanRequest): readonly Warning[] {
  const kept = new Set(archive.map(({ displayName }) => displayName))
  const lost = current.filter(({ displayName }) => !kept.has(displayName)).map(({ displayName }) => displayName)
  if (lost.length === 0) return []
  const shown = lost.slice(0, 10).join(', ')
  const list = lost.length > 10 ? `${shown} and ${String(lost.length - 10)} more` : shown
  return [{ code: 'NOT_IN_BACKUP', message: `Objects of the database that the backup does not hold: ${list}.` }]
}

interface Steps {
  readonly request: PlanRequest
  readonly like: DatabaseFacts
  readonly properties: DatabaseProperties
  readonly tool: ToolFinding
  readonly archive: PlannedArchive | null
  readonly oid: string
  readonly comment: string | null
}

/** No secret is in any of them: the password is in a file that only the tool's environment names. */
function commands(endpoint: Endpoint, outside: Session, steps: Steps): readonly string[] {
  const { request, like, properties, tool, archive, oid, comment } = steps
  const { database } = request
  const made = `hf_<run>_${database}`
  const retired = `hf_<run>_old_${database}`
  const owner = like.owner === endpoint.user ? null : like.owner
  const fresh = freshProperties(properties.owner, properties.locale)
  return [
    createStatement(made, like, owner, outside.versionNumber),
    `COMMENT ON DATABASE ${quoteIdentifier(made)} IS '<marker>'`,
    `ALTER DATABASE ${quoteIdentifier(made)} ALLOW_CONNECTIONS true`,
    restoreCommand(tool, endpoint, made, { isDrill: false, listFile: null, archive }),
    'ANALYZE',
    ...adoptionStatements(made, properties, fresh),
    `ALTER DATABASE ${quoteIdentifier(made)} ALLOW_CONNECTIONS false`,
    `ALTER DATABASE ${quoteIdentifier(database)} ALLOW_CONNECTIONS false`,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datid = ${oid}`,
    'BEGIN',
    ...exchangeStatements({ live: database, incoming: made, retired, marker: '<marker>', comment }),
    'COMMIT',
  ]
}
