import type { Blocker, Content, RowsMode, Warning } from '../../../preload/contract/index.ts'
import type { Manifest } from '../engine.ts'
import type { ArchiveEntry } from './archive-entries.ts'
import { dependentBlockers } from './dependents.ts'
import { dropStatements, orderDrops } from './drop-order.ts'
import { kindName, scopeOf } from './in-place-scope.ts'
import { prepareRows } from './in-place-rows.ts'
import { holderBlockers, lockBlockers, locksOfEntries } from './locks.ts'
import { quoteIdentifier } from './quoting.ts'
import { selectEntries } from './selection.ts'
import type { Session } from './session.ts'
import { readTargetCatalog, type TargetCatalog, type TargetObject } from './target-objects.ts'
import { eventTriggerWarnings, publicationWarnings, tablespaceWarnings } from './in-place-warnings.ts'

/** What is asked for. */
export interface InPlaceWish {
  readonly content: Content
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly rows: RowsMode | null
  readonly disconnectOthers: boolean
}

/** Everything that a restore into an existing database will do, found without touching it. */
export interface Preparation {
  /** What `pg_restore` gets: the numbers of its entries, in the archive's order. */
  readonly entries: readonly ArchiveEntry[]
  readonly leftOut: readonly { readonly object: string; readonly why: string }[]
  /** Statements of the same transaction, before and after what `pg_restore` writes. */
  readonly before: readonly string[]
  readonly after: readonly string[]
  readonly blockers: readonly Blocker[]
  readonly warnings: readonly Warning[]
  /** Names of all that is restored, where not everything is. */
  readonly names: readonly string[] | null
  /** Tables that have rows afterwards, as statements name them. */
  readonly tables: readonly string[]
}

/** Meets a backup with the database in which `session` is. Reads only. */
export async function prepareInPlace(
  session: Session,
  archive: readonly ArchiveEntry[],
  wish: InPlaceWish,
  manifest: Pick<Manifest, 'content'>,
): Promise<Preparation> {
  const selection = selectEntries(archive, wish)
  const general = [...contentBlockers(wish, manifest), ...selection.blockers]
  const part =
    wish.content === 'data'
      ? await prepareData(session, selection.entries, wish)
      : await prepareStructure(session, selection.entries, wish)
  return {
    ...part,
    blockers: [...general, ...part.blockers],
    warnings: [...selection.warnings, ...part.warnings],
    names: selection.names,
  }
}

type Part = Omit<Preparation, 'names'>

async function prepareData(session: Session, entries: readonly ArchiveEntry[], wish: InPlaceWish): Promise<Part> {
  const prepared = await prepareRows(session, entries, wish.rows)
  const large = await meetLargeObjects(session, prepared.entries)
  const isAppend = wish.rows === 'append'
  const wanted = isAppend ? 'append' : 'all'
  return {
    ...prepared,
    before: [...prepared.before, ...large.before],
    blockers: [
      ...prepared.blockers,
      ...large.blockers,
      ...(isAppend ? large.taken : []),
      ...(await holderBlockers(session, prepared.tableOids, { wanted, disconnectOthers: wish.disconnectOthers })),
    ],
  }
}

async function prepareStructure(session: Session, entries: readonly ArchiveEntry[], wish: InPlaceWish): Promise<Part> {
  const [user] = await session.query<{ superuser: boolean }>(
    'SELECT rolsuper AS superuser FROM pg_roles WHERE rolname = current_user',
  )
  const isSuperuser = user?.superuser === true
  const catalog = await readTargetCatalog(session)
  const scope = scopeOf(entries, catalog, { isSuperuser })
  const order = orderDrops(catalog, scope.dropped)
  const dropped = [...scope.dropped].map((key) => catalog.objects.get(key)).filter((object) => object !== undefined)
  const relations = relationsOf(catalog, dropped)
  const isStructure = wish.content === 'schema'
  const kept = isStructure ? scope.entries.filter(({ desc }) => !rowKinds.has(desc)) : scope.entries
  const large = await meetLargeObjects(session, kept)
  const droppedParts = new Set(dropped.flatMap(({ key }) => [key, ...(catalog.parts.get(key) ?? [])])).size
  return {
    entries: kept,
    leftOut: scope.leftOut,
    before: [...dropStatements(order), ...large.before],
    after: [],
    blockers: [
      ...scope.blockers,
      ...(await dependentBlockers(session, catalog, order.dependents, entries)),
      ...order.circles.map(circleBlocker),
      ...ownerBlockers(dropped, session.endpoint.user),
      ...(await placeBlockers(session, kept)),
      ...(await roleBlockers(session, kept)),
      ...large.blockers,
      ...(await lockBlockers(session, locksOfEntries(kept) + droppedParts)),
      ...(await holderBlockers(session, relations, {
        wanted: 'all',
        disconnectOthers: wish.disconnectOthers,
      })),
    ],
    warnings: [
      ...leftovers(scope.untouched, wish),
      ...(await eventTriggerWarnings(session)),
      ...(await publicationWarnings(session, relations)),
      ...(await tablespaceWarnings(session, relations)),
    ],
    tables: tablesOf(kept),
  }
}

/** Entries that hold rows; `pg_restore --schema-only` leaves them out, too. */
const rowKinds = new Set([
  'TABLE DATA',
  'SEQUENCE SET',
  'MATERIALIZED VIEW DATA',
  'BLOB',
  'BLOB METADATA',
  'BLOBS',
  'STATISTICS DATA',
])

function contentBlockers({ content }: InPlaceWish, manifest: Pick<Manifest, 'content'>): readonly Blocker[] {
  const held = manifest.content
  if (held === 'full' || held === content) return []
  const what = held === 'schema' ? 'structure' : 'rows'
  return [
    {
      code: 'USAGE',
      message: `This backup holds ${what} alone.`,
      remedy: `Restore its ${what} with --content ${held}.`,
    },
  ]
}

/** oids of the relations among these objects and their parts: tables, views, sequences, indexes. */
function relationsOf(catalog: TargetCatalog, objects: readonly TargetObject[]): readonly string[] {
  const keys = new Set(objects.flatMap(({ key }) => [key, ...(catalog.parts.get(key) ?? [])]))
  return [...keys].filter((key) => key.startsWith('1259:')).map((key) => key.slice('1259:'.length))
}

function tablesOf(entries: readonly ArchiveEntry[]): readonly string[] {
  return entries
    .filter(({ desc }) => desc === 'TABLE DATA')
    .map(({ namespace, name }) => (namespace === null ? '' : `${quoteIdentifier(namespace)}.`) + quoteIdentifier(name))
}

function circleBlocker(circle: readonly TargetObject[]): Blocker {
  const names = circle.map((object) => `${kindName(object)} ${object.displayName}`).join(', ')
  return {
    code: 'UNSUPPORTED',
    message: `These objects need each other, so that none can be dropped before the others: ${names}.`,
    remedy: 'Restore with --mode swap or into a new database, or choose other objects.',
  }
}

function ownerBlockers(dropped: readonly TargetObject[], user: string): readonly Blocker[] {
  const owners = new Map<string, TargetObject[]>()
  for (const object of dropped) {
    if (!object.isOwn) owners.set(object.owner, [...(owners.get(object.owner) ?? []), object])
  }
  return [...owners].map(([owner, objects]) => ({
    code: 'PERMISSION_DENIED',
    message: `Only "${owner}" may replace ${list(objects.map(({ displayName }) => displayName))}.`,
    remedy: `As a superuser: GRANT ${quoteIdentifier(owner)} TO ${quoteIdentifier(user)};`,
  }))
}

/** Schemas in which things are made, and the database where a schema is missing. */
async function placeBlockers(session: Session, entries: readonly ArchiveEntry[]): Promise<readonly Blocker[]> {
  const blockers: Blocker[] = []
  const schemas = [...new Set(entries.map(({ namespace }) => namespace).filter((name) => name !== null))]
  const closed = await session.query<{ name: string }>(
    `SELECT nspname::text AS name FROM pg_namespace WHERE nspname = ANY ($1::text[]) AND NOT has_schema_privilege(oid, 'CREATE') ORDER BY 1`,
    [schemas],
  )
  const user = quoteIdentifier(session.endpoint.user)
  for (const { name } of closed) {
    blockers.push({
      code: 'PERMISSION_DENIED',
      message: `The user may not create anything in the schema ${quoteIdentifier(name)}.`,
      remedy: `As its owner: GRANT USAGE, CREATE ON SCHEMA ${quoteIdentifier(name)} TO ${user};`,
    })
  }
  const made = entries.filter(({ desc }) => desc === 'SCHEMA' || desc === 'EXTENSION')
  const [right] = await session.query<{ create: boolean }>(
    `SELECT has_database_privilege(current_database(), 'CREATE') AS create`,
  )
  if (made.length > 0 && right?.create !== true) {
    blockers.push({
      code: 'PERMISSION_DENIED',
      message: `The user may not create ${list(made.map((entry) => `the ${entry.desc.toLowerCase()} ${entry.displayName}`))}.`,
      remedy: `As its owner: GRANT CREATE ON DATABASE ${quoteIdentifier(session.database)} TO ${user};`,
    })
  }
  return blockers
}

/** Roles to which things will belong. */
async function roleBlockers(session: Session, entries: readonly ArchiveEntry[]): Promise<readonly Blocker[]> {
  const owners = [...new Set(entries.map(({ owner }) => owner).filter((owner) => owner !== null))]
  const rows = await session.query<{ name: string; exists: boolean; member: boolean }>(
    `SELECT n.name, r.oid IS NOT NULL AS exists, coalesce(pg_has_role(r.oid, 'MEMBER'), false) AS member
       FROM unnest($1::text[]) AS n (name) LEFT JOIN pg_roles r ON r.rolname = n.name ORDER BY 1`,
    [owners],
  )
  return rows
    .filter(({ member }) => !member)
    .map(({ name, exists }) =>
      exists
        ? {
            code: 'PERMISSION_DENIED',
            message: `The user may not make objects that belong to "${name}".`,
            remedy: `As a superuser: GRANT ${quoteIdentifier(name)} TO ${quoteIdentifier(session.endpoint.user)};`,
          }
        : {
            code: 'ROLE_MISSING',
            message: `Objects of the backup belong to "${name}", a role that does not exist on this server.`,
            remedy: `CREATE ROLE ${quoteIdentifier(name)};`,
          },
    )
}

interface LargeObjects {
  readonly before: readonly string[]
  readonly blockers: readonly Blocker[]
  /** Why they can't be added beside those that are there. */
  readonly taken: readonly Blocker[]
}

/** Large objects with the oids of the backup go before. */
async function meetLargeObjects(session: Session, entries: readonly ArchiveEntry[]): Promise<LargeObjects> {
  const oids = entries.flatMap(({ largeObjects }) => largeObjects)
  if (oids.length === 0) return { before: [], blockers: [], taken: [] }
  const there = await session.query<{ oid: string; own: boolean; owner: string }>(
    `SELECT oid::text AS oid, pg_has_role(lomowner, 'USAGE') AS own, pg_get_userbyid(lomowner)::text AS owner
       FROM pg_largeobject_metadata WHERE oid::text = ANY ($1::text[]) ORDER BY oid`,
    [oids],
  )
  const foreign = there.filter(({ own }) => !own)
  const blocker = (message: string, remedy: string): Blocker => ({ code: 'PERMISSION_DENIED', message, remedy })
  return {
    before: there.map(({ oid }) => `SELECT pg_catalog.lo_unlink(${oid});`),
    blockers:
      foreign.length === 0
        ? []
        : [
            blocker(
              `Large objects belong to other roles: ${list(foreign.map(({ oid, owner }) => `${oid} (${owner})`))}.`,
              'Restore as a superuser, or as their owner.',
            ),
          ],
    taken:
      there.length === 0
        ? []
        : [
            {
              code: 'USAGE',
              message: `Large objects of the backup exist already: ${list(there.map(({ oid }) => oid))}.`,
              remedy: 'Replace the rows, or exclude "large objects".',
            },
          ],
  }
}

function leftovers(untouched: readonly TargetObject[], wish: InPlaceWish): readonly Warning[] {
  if (untouched.length === 0 || wish.include.length > 0) return []
  const names = list(untouched.map((object) => `${kindName(object)} ${object.displayName}`))
  return [{ code: 'LEFTOVERS', message: `Not in the backup, and left as it is: ${names}.` }]
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 10).join(', ')
  return names.length > 10 ? `${shown} and ${String(names.length - 10)} more` : shown
}
