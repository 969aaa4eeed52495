import { objectName, displayIdentifier } from './object-names.ts'
import type { Session } from './session.ts'

/** An object of a database that can be dropped by itself. */
export interface TargetObject {
  /** oid of its catalog and its own oid. */
  readonly key: string
  /** As the statement that drops it says: `TABLE`, `MATERIALIZED VIEW`, `ROUTINE`, … */
  readonly kind: string
  readonly schema: string | null
  readonly name: string
  /** As the objects of an archive have it. */
  readonly displayName: string
  /** As the server writes it in statements, with its schema. */
  readonly identity: string
  readonly owner: string
  /** The user that asks has the rights of the owner. */
  readonly isOwn: boolean
  /** Rows of its own. */
  readonly hasRows: boolean
  readonly isPartition: boolean
}

/** One object can't be without another one. */
export interface Need {
  /** The object, or the part of it (a constraint, a trigger, a default), that needs the other. */
  readonly part: string
  /** Key of a `TargetObject`; where it belongs to none (a cast), the part's own. */
  readonly from: string
  /** Key of a `TargetObject`. */
  readonly to: string
}

/** What a database holds, and what depends on what. Objects of extensions count as their extension. */
export interface TargetCatalog {
  readonly objects: ReadonlyMap<string, TargetObject>
  readonly needs: readonly Need[]
  /** Keys of everything, parts included, by the object that it goes with. */
  readonly parts: ReadonlyMap<string, readonly string[]>
  /** Key of the object to which a relation or type of this schema and name belongs, and whether it is that object itself. */
  readonly relations: ReadonlyMap<string, { readonly object: string | null; readonly isPart: boolean }>
  readonly types: ReadonlyMap<string, { readonly object: string | null; readonly isPart: boolean }>
}

/** Key of names by schema and name. Pure. */
export function nameKey(schema: string | null, name: string): string {
  return JSON.stringify([schema, name])
}

/** Reads it as the session's transaction sees it. */
export async function readTargetCatalog(session: Session): Promise<TargetCatalog> {
  const rows = await session.query<ObjectRow>(objectQuery)
  const objects = new Map(rows.map((row) => [row.key, objectOf(row)]))
  const edges = await session.query<EdgeRow>(
    `SELECT classid::text || ':' || objid AS "from", refclassid::text || ':' || refobjid AS "to", deptype::text AS type
       FROM pg_depend WHERE objid >= 16384 AND refobjid >= 16384`,
  )
  const owners = new PartOwners(objects, edges)
  const needs: Need[] = []
  const parts = new Map<string, Set<string>>()
  for (const edge of edges) {
    const from = owners.of(edge.from)
    const to = owners.of(edge.to)
    if (from !== null) addTo(parts, from, edge.from)
    if (to === null || from === to || isMembership(edge.from)) continue
    needs.push({ part: edge.from, from: from ?? edge.from, to })
  }
  const names = await session.query<NameRow>(nameQuery)
  const relations = new Map<string, { object: string | null; isPart: boolean }>()
  const types = new Map<string, { object: string | null; isPart: boolean }>()
  for (const { key, schema, name, type } of names) {
    const object = owners.of(key)
    const list = type ? types : relations
    list.set(nameKey(schema, name), { object, isPart: object !== key })
  }
  return { objects, needs, parts: new Map([...parts].map(([key, all]) => [key, [...all]])), relations, types }
}

/** That a table is in a publication goes with the table, and keeps nobody from dropping it. */
function isMembership(key: string): boolean {
  return key.startsWith('6106:') || key.startsWith('6237:')
}

/** To which object a part belongs. */
class PartOwners {
  readonly #objects: ReadonlyMap<string, TargetObject>
  readonly #up = new Map<string, { readonly to: string; readonly rank: number }>()
  readonly #known = new Map<string, string | null>()

  constructor(objects: ReadonlyMap<string, TargetObject>, edges: readonly EdgeRow[]) {
    this.#objects = objects
    for (const { from, to, type } of edges) {
      const rank = 'iPSea'.indexOf(type)
      const known = this.#up.get(from)
      if (rank >= 0 && (known === undefined || rank < known.rank)) this.#up.set(from, { to, rank })
    }
  }

  of(key: string): string | null {
    const known = this.#known.get(key)
    if (known !== undefined) return known
    let at: string | null = key
    // A part of a part of a part: an index of a constraint of a table. Never deeper than a handful.
    for (let depth = 0; at !== null && !this.#objects.has(at) && depth < 20; depth += 1)
      at = this.#up.get(at)?.to ?? null
    const found = at !== null && this.#objects.has(at) ? at : null
    this.#known.set(key, found)
    return found
  }
}

function addTo(groups: Map<string, Set<string>>, key: string, value: string): void {
  const group = groups.get(key)
  if (group === undefined) groups.set(key, new Set([value]))
  else group.add(value)
}

interface EdgeRow {
  from: string
  to: string
  type: string
}

interface NameRow {
  key: string
  schema: string
  name: string
  type: boolean
}

interface ObjectRow {
  key: string
  kind: string
  schema: string | null
  name: string
  args: string | null
  identity: string
  owner: string
  own: boolean
  rows: boolean
  partition: boolean
}

function objectOf(row: ObjectRow): TargetObject {
  const { key, kind, schema, name, args, identity, owner, own, rows, partition } = row
  const plain = schema === null ? displayIdentifier(name) : objectName(schema, name)
  const displayName = args === null ? plain : `${plain}(${args})`
  return { key, kind, schema, name, displayName, identity, owner, isOwn: own, hasRows: rows, isPartition: partition }
}

/** Not of the system, and no member of an extension. */
const isUsers = (catalog: string, alias: string) => `
  n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND ${isNoMember(catalog, alias)}`
const isNoMember = (catalog: string, alias: string) => `
  NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = '${catalog}'::regclass AND d.objid = ${alias}.oid AND d.deptype = 'e')`
const isNoPart = (catalog: string, alias: string) => `
  NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = '${catalog}'::regclass AND d.objid = ${alias}.oid AND d.deptype = 'i')`

const columns = (catalog: string, alias: string, owner: string) => `
  '${catalog}'::regclass::oid::text || ':' || ${alias}.oid AS key, pg_get_userbyid(${owner})::text AS owner,
  pg_has_role(${owner}, 'USAGE') AS own, (pg_identify_object('${catalog}'::regclass, ${alias}.oid, 0)).identity AS identity`

/** Objects with schema, name and owner. */
const inSchema = (kind: string, catalog: string, prefix: string) => `
  SELECT ${columns(catalog, 'o', `o.${prefix}owner`)}, '${kind}' AS kind, n.nspname::text AS schema, o.${prefix}name::text AS name,
         NULL::text AS args, false AS rows, false AS partition
    FROM ${catalog} o JOIN pg_namespace n ON n.oid = o.${prefix}namespace WHERE ${isUsers(catalog, 'o')}`
/** Objects without a schema. */
const global = (kind: string, catalog: string, prefix: string) => `
  SELECT ${columns(catalog, 'o', `o.${prefix}owner`)}, '${kind}' AS kind, NULL::text AS schema, o.${prefix}name::text AS name,
         NULL::text AS args, false AS rows, false AS partition
    FROM ${catalog} o WHERE ${isNoMember(catalog, 'o')} AND o.oid >= 16384`

/** A sequence that belongs to a column goes with its table. */
const isFree = `c.relkind <> 'S' OR NOT EXISTS (
  SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')
     AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0)`

const objectQuery = [
  `SELECT ${columns('pg_class', 'c', 'c.relowner')},
          CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
            WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END AS kind,
          n.nspname::text AS schema, c.relname::text AS name, NULL::text AS args, c.relkind = 'r' AS rows, c.relispartition AS partition
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND c.relpersistence <> 't' AND (${isFree}) AND ${isUsers('pg_class', 'c')}`,
  `SELECT ${columns('pg_type', 't', 't.typowner')}, CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END AS kind,
          n.nspname::text AS schema, t.typname::text AS name, NULL::text AS args, false AS rows, false AS partition
     FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE t.typtype <> 'm' AND (c.oid IS NULL OR c.relkind = 'c')
      AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid) AND ${isUsers('pg_type', 't')}`,
  `SELECT ${columns('pg_proc', 'p', 'p.proowner')}, 'ROUTINE' AS kind, n.nspname::text AS schema, p.proname::text AS name,
          coalesce((SELECT string_agg(format_type(a.type, NULL), ', ' ORDER BY a.at)
                      FROM unnest(p.proargtypes) WITH ORDINALITY AS a (type, at)),
                   CASE p.prokind WHEN 'a' THEN '*' ELSE '' END) AS args, false AS rows, false AS partition
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE ${isUsers('pg_proc', 'p')} AND ${isNoPart('pg_proc', 'p')}`,
  inSchema('COLLATION', 'pg_collation', 'coll'),
  inSchema('CONVERSION', 'pg_conversion', 'con'),
  inSchema('OPERATOR', 'pg_operator', 'opr'),
  inSchema('OPERATOR CLASS', 'pg_opclass', 'opc'),
  inSchema('OPERATOR FAMILY', 'pg_opfamily', 'opf'),
  inSchema('TEXT SEARCH CONFIGURATION', 'pg_ts_config', 'cfg'),
  inSchema('TEXT SEARCH DICTIONARY', 'pg_ts_dict', 'dict'),
  global('EVENT TRIGGER', 'pg_event_trigger', 'evt'),
  global('EXTENSION', 'pg_extension', 'ext'),
  global('FOREIGN DATA WRAPPER', 'pg_foreign_data_wrapper', 'fdw'),
  global('SERVER', 'pg_foreign_server', 'srv'),
  global('LANGUAGE', 'pg_language', 'lan'),
  global('PUBLICATION', 'pg_publication', 'pub'),
  // A cast has no owner; its types' owners may drop it.
  `SELECT ${columns('pg_cast', 'o', '10')}, 'CAST', NULL, (pg_identify_object('pg_cast'::regclass, o.oid, 0)).identity,
          NULL, false, false FROM pg_cast o WHERE o.oid >= 16384 AND ${isNoMember('pg_cast', 'o')} AND ${isNoPart('pg_cast', 'o')}`,
  `SELECT ${columns('pg_namespace', 'o', 'o.nspowner')}, 'SCHEMA' AS kind, NULL::text AS schema, o.nspname::text AS name,
          NULL::text AS args, false AS rows, false AS partition
     FROM pg_namespace o WHERE o.nspname NOT LIKE 'pg\\_%' AND o.nspname <> 'information_schema'`,
].join(' UNION ALL ')

const nameQuery = `
  SELECT 'pg_class'::regclass::oid::text || ':' || c.oid AS key, n.nspname::text AS schema, c.relname::text AS name, false AS type
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
  UNION ALL
  SELECT 'pg_type'::regclass::oid::text || ':' || t.oid, n.nspname::text, t.typname::text, true
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
   WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'`
