import { createHash } from 'node:crypto'
import type { Session } from './session.ts'

/**
 * SHA-256 over all definitions in the session's database: relations, columns, constraints, indexes, views, functions, types,
 * triggers, policies, extensions …, with owners and privileges. Rows, values of sequences and statistics don't change it.
 */
export async function readStructure(inside: Session): Promise<string> {
  const hash = createHash('sha256')
  await inside.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  try {
    for (const [what, query] of Object.entries(queries)) {
      const rows = await inside.query<{ line: unknown }>(`SELECT to_json(x)::text AS line FROM (${query}) x`)
      for (const line of rows.map((row) => String(row.line)).toSorted()) hash.update(`${what} ${line}\n`)
    }
  } finally {
    await inside.query('ROLLBACK')
  }
  return hash.digest('hex')
}

/** The user's own schemas. */
const own = (alias: string) => `${alias}.nspname NOT LIKE 'pg\\_%' AND ${alias}.nspname <> 'information_schema'`
const owner = (column: string) => `pg_get_userbyid(${column}) AS owner`
/** Names in every text are written with their schema: the session's search path is empty. */
const queries: Readonly<Record<string, string>> = {
  schema: `SELECT n.nspname, ${owner('n.nspowner')}, n.nspacl::text AS acl FROM pg_namespace n WHERE ${own('n')}`,
  extension: `SELECT e.extname, e.extversion, n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace`,
  relation: `
    SELECT c.oid::regclass::text AS name, c.relkind, c.relpersistence, ${owner('c.relowner')}, c.relacl::text AS acl,
           c.reloptions, c.relrowsecurity, c.relforcerowsecurity, c.relreplident, c.relispartition,
           pg_get_expr(c.relpartbound, c.oid) AS bound, a.amname, t.spcname,
           CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS view,
           CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partitioned,
           CASE WHEN c.relkind IN ('i', 'I') THEN pg_get_indexdef(c.oid) END AS index,
           (SELECT array_agg(i.inhparent::regclass::text ORDER BY i.inhseqno) FROM pg_inherits i WHERE i.inhrelid = c.oid) AS parents,
           obj_description(c.oid, 'pg_class') AS comment
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_am a ON a.oid = c.relam LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace
     WHERE ${own('n')} AND c.relkind <> 't'`,
  column: `
    SELECT c.oid::regclass::text AS relation, row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum) AS place, a.attname,
           format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull, a.attidentity, a.attgenerated, a.attstorage,
           a.attislocal, a.attacl::text AS acl, a.attoptions, l.collname, pg_get_expr(d.adbin, d.adrelid) AS value,
           col_description(c.oid, a.attnum) AS comment
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum LEFT JOIN pg_collation l ON l.oid = a.attcollation
     WHERE ${own('n')} AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')`,
  constraint: `
    SELECT x.conname, x.conrelid::regclass::text AS relation, x.contypid::regtype::text AS type, pg_get_constraintdef(x.oid) AS text
      FROM pg_constraint x JOIN pg_namespace n ON n.oid = x.connamespace WHERE ${own('n')}`,
  sequence: `
    SELECT s.seqrelid::regclass::text AS name, s.seqtypid::regtype::text AS type, s.seqstart, s.seqincrement, s.seqmax,
           s.seqmin, s.seqcache, s.seqcycle
      FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${own('n')}`,
  function: `
    SELECT p.oid::regprocedure::text AS name, p.prokind, ${owner('p.proowner')}, p.proacl::text AS acl,
           pg_get_function_result(p.oid) AS result,
           CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END AS text,
           (SELECT ROW (a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggtranstype::regtype, a.agginitval)::text
              FROM pg_aggregate a WHERE a.aggfnoid = p.oid) AS aggregate
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${own('n')}`,
  type: `
    SELECT t.oid::regtype::text AS name, t.typtype, ${owner('t.typowner')}, t.typacl::text AS acl, t.typnotnull,
           t.typdefault, format_type(t.typbasetype, t.typtypmod) AS base,
           (SELECT array_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) AS labels,
           (SELECT r.rngsubtype::regtype::text FROM pg_range r WHERE r.rngtypid = t.oid) AS range
      FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE ${own('n')} AND t.typelem = 0`,
  trigger: `
    SELECT t.tgrelid::regclass::text AS relation, t.tgname, t.tgenabled, pg_get_triggerdef(t.oid) AS text
      FROM pg_trigger t WHERE NOT t.tgisinternal`,
  rule: `
    SELECT r.ev_class::regclass::text AS relation, r.ev_enabled, pg_get_ruledef(r.oid) AS text
      FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE ${own('n')} AND r.rulename <> '_RETURN'`,
  policy: `
    SELECT p.polrelid::regclass::text AS relation, p.polname, p.polcmd, p.polpermissive,
           (SELECT array_agg(pg_get_userbyid(r)::text ORDER BY 1) FROM unnest(p.polroles) AS r) AS roles,
           pg_get_expr(p.polqual, p.polrelid) AS using, pg_get_expr(p.polwithcheck, p.polrelid) AS "check"
      FROM pg_policy p`,
  statistics: `SELECT s.stxname, pg_get_statisticsobjdef(s.oid) AS text FROM pg_statistic_ext s`,
  operator: `
    SELECT o.oid::regoperator::text AS name, o.oprcode::text AS code FROM pg_operator o
      JOIN pg_namespace n ON n.oid = o.oprnamespace WHERE ${own('n')}`,
  cast: `SELECT castsource::regtype::text AS source, casttarget::regtype::text AS target, castcontext FROM pg_cast WHERE oid >= 16384`,
  collation: `SELECT n.nspname, l.collname, l.collcollate, l.collctype FROM pg_collation l JOIN pg_namespace n ON n.oid = l.collnamespace WHERE ${own('n')}`,
  'event trigger': `SELECT evtname, evtevent, evtenabled, evttags, evtfoid::regprocedure::text AS function FROM pg_event_trigger`,
  publication: `
    SELECT p.pubname, p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete,
           (SELECT array_agg(r.prrelid::regclass::text ORDER BY 1) FROM pg_publication_rel r WHERE r.prpubid = p.oid) AS tables
      FROM pg_publication p`,
  wrapper: `SELECT fdwname, fdwoptions FROM pg_foreign_data_wrapper`,
  server: `SELECT srvname, ${owner('srvowner')}, srvacl::text AS acl, srvoptions FROM pg_foreign_server`,
  'foreign table': `SELECT ftrelid::regclass::text AS name, ftoptions FROM pg_foreign_table`,
  'default privileges': `SELECT pg_get_userbyid(defaclrole) AS role, defaclnamespace::regnamespace::text AS schema, defaclobjtype, defaclacl::text AS acl FROM pg_default_acl`,
}
