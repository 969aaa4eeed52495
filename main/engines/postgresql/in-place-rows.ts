import type { Blocker, RowsMode, Warning } from '../../../preload/contract/index.ts'
import type { ArchiveEntry } from './archive-entries.ts'
import { objectName } from './object-names.ts'
import { quoteIdentifier } from './quoting.ts'
import type { Session } from './session.ts'
import { nameKey } from './target-objects.ts'

/** What a restore of rows alone does besides filling the tables. */
export interface RowsPreparation {
  readonly entries: readonly ArchiveEntry[]
  readonly leftOut: readonly { readonly object: string; readonly why: string }[]
  /** Statements of the transaction before the rows come, and after them. */
  readonly before: readonly string[]
  readonly after: readonly string[]
  readonly blockers: readonly Blocker[]
  readonly warnings: readonly Warning[]
  /** Tables that are filled, as statements name them. */
  readonly tables: readonly string[]
  readonly tableOids: readonly string[]
}

/** Meets rows with the tables that are there. `rows` is how: null blocks, it is never chosen for anybody. */
export async function prepareRows(
  session: Session,
  chosen: readonly ArchiveEntry[],
  rows: RowsMode | null,
): Promise<RowsPreparation> {
  const there = await readTables(session)
  const { entries, leftOut } = choose(chosen, rows, there)
  const data = entries.filter(({ desc }) => desc === 'TABLE DATA')
  const found = data.map(({ namespace, name }) => there.tables.get(nameKey(namespace, name)))
  const tables = found.filter((table) => table !== undefined)
  const oids = tables.map(({ oid }) => oid)
  const keys = await readForeignKeys(session, oids)
  const deferred = keys.filter((key) => !key.deferrable && isOutOfOrder(key, oids))
  const blockers = [
    ...(rows === null ? [noModeBlocker] : []),
    ...data.flatMap((entry) => tableBlockers(entry, there.tables.get(nameKey(entry.namespace, entry.name)), rows)),
    ...(rows === 'replace' ? await referenceBlockers(session, oids) : []),
    ...deferred.filter(({ own }) => !own).map(deferBlocker),
  ]
  const names = tables.map(({ identity }) => `ONLY ${identity}`)
  const lock =
    rows === 'replace' ? `TRUNCATE TABLE ${names.join(', ')};` : `LOCK TABLE ${names.join(', ')} IN ROW EXCLUSIVE MODE;`
  const constraints = deferred.map(({ relation, name }) => `ALTER TABLE ${relation} ALTER CONSTRAINT ${name}`)
  return {
    entries,
    leftOut,
    before: [
      ...(names.length === 0 ? [] : [lock]),
      ...constraints.map((constraint) => `${constraint} DEFERRABLE INITIALLY DEFERRED;`),
      ...(keys.length === 0 ? [] : ['SET CONSTRAINTS ALL DEFERRED;']),
    ],
    after: [
      ...(keys.length === 0 ? [] : ['SET CONSTRAINTS ALL IMMEDIATE;']),
      ...constraints.map((constraint) => `${constraint} NOT DEFERRABLE INITIALLY IMMEDIATE;`),
    ],
    blockers,
    warnings: await triggerWarnings(session, oids, rows),
    tables: tables.map(({ identity }) => identity),
    tableOids: oids,
  }
}

const noModeBlocker: Blocker = {
  code: 'USAGE',
  message: 'It is not said what becomes of the rows that are there.',
  remedy: 'Add --rows replace (they are deleted) or --rows append (they stay).',
}

interface TableFacts {
  readonly oid: string
  readonly identity: string
  readonly columns: readonly string[]
  readonly mayInsert: boolean
  readonly mayTruncate: boolean
  readonly isHidden: boolean
  readonly isTable: boolean
}

interface Tables {
  readonly tables: ReadonlyMap<string, TableFacts>
  /** What the user may set or fill. */
  readonly sequences: ReadonlySet<string>
  readonly views: ReadonlySet<string>
  readonly allSequences: ReadonlySet<string>
}

async function readTables(session: Session): Promise<Tables> {
  const rows = await session.query<
    TableFacts & { schema: string; name: string; kind: string; isOwn: boolean; maySet: boolean }
  >(
    `SELECT c.oid::text AS oid, c.oid::regclass::text AS identity, n.nspname::text AS schema, c.relname::text AS name, c.relkind::text AS kind,
            c.relkind = 'r' AS "isTable", has_table_privilege(c.oid, 'INSERT') AS "mayInsert",
            has_table_privilege(c.oid, 'TRUNCATE') AS "mayTruncate", c.relrowsecurity AND row_security_active(c.oid) AS "isHidden",
            pg_has_role(c.relowner, 'USAGE') AS "isOwn",
            CASE WHEN c.relkind = 'S' THEN has_sequence_privilege(c.oid, 'UPDATE') ELSE false END AS "maySet",
            (SELECT coalesce(array_agg(a.attname::text), '{}') FROM pg_attribute a
              WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p', 'S', 'm', 'v', 'f') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'`,
  )
  const keysOf = (kept: (row: (typeof rows)[number]) => boolean) =>
    new Set(rows.filter(kept).map(({ schema, name }) => nameKey(schema, name)))
  return {
    tables: new Map(rows.map((row) => [nameKey(row.schema, row.name), row])),
    sequences: keysOf(({ kind, maySet }) => kind === 'S' && maySet),
    allSequences: keysOf(({ kind }) => kind === 'S'),
    views: keysOf(({ kind, isOwn }) => kind === 'm' && isOwn),
  }
}

/** Rows, values of sequences, large objects, and materialised views that are there to be filled. */
function choose(
  chosen: readonly ArchiveEntry[],
  rows: RowsMode | null,
  there: Tables,
): Pick<RowsPreparation, 'entries' | 'leftOut'> {
  const leftOut: { object: string; why: string }[] = []
  const entries = chosen.filter(({ desc, namespace, name, displayName }) => {
    const key = nameKey(namespace, name)
    if (desc === 'TABLE DATA' || desc.startsWith('BLOB')) return true
    if (desc === 'SEQUENCE SET') {
      if (rows !== 'append' && there.sequences.has(key)) return true
      const why = there.allSequences.has(key)
        ? rows === 'append'
          ? 'Rows are added, so the sequence goes on from where it is.'
          : 'The user may not set it.'
        : 'It does not exist here.'
      leftOut.push({ object: `sequence set ${displayName}`, why })
    }
    if (desc === 'MATERIALIZED VIEW DATA') {
      if (there.views.has(key)) return true
      leftOut.push({
        object: `materialized view data ${displayName}`,
        why: 'There is none here that the user may fill.',
      })
    }
    return false
  })
  return { entries, leftOut }
}

function tableBlockers(entry: ArchiveEntry, table: TableFacts | undefined, rows: RowsMode | null): readonly Blocker[] {
  const { displayName, columns } = entry
  if (table === undefined || !table.isTable) {
    const message = `There is no table ${displayName} to be filled.`
    return [{ code: 'STRUCTURE_DIFFERS', message, remedy: 'Restore structure and rows together (--content full).' }]
  }
  const blockers: Blocker[] = []
  const missing = (columns ?? []).filter((column) => !table.columns.includes(column))
  const added = columns === null ? [] : table.columns.filter((column) => !columns.includes(column))
  if (missing.length > 0 || added.length > 0) {
    const parts = [
      ...(missing.length > 0 ? [`only in the backup: ${missing.join(', ')}`] : []),
      ...(added.length > 0 ? [`only in the database: ${added.join(', ')}`] : []),
    ]
    const message = `The table ${displayName} has other columns than in the backup (${parts.join('; ')}).`
    blockers.push({
      code: 'STRUCTURE_DIFFERS',
      message,
      remedy: 'Restore structure and rows together (--content full).',
    })
  }
  if (!table.mayInsert || (rows === 'replace' && !table.mayTruncate)) {
    const rights = rows === 'replace' ? 'INSERT, TRUNCATE' : 'INSERT'
    const message = `The user may not ${rows === 'replace' ? 'replace the rows of' : 'add rows to'} the table ${displayName}.`
    blockers.push({ code: 'PERMISSION_DENIED', message, remedy: `GRANT ${rights} ON ${table.identity} TO …;` })
  }
  if (table.isHidden) {
    const message = `Row-level security of the table ${displayName} applies to the user, who can't fill it.`
    blockers.push({ code: 'ROW_SECURITY', message, remedy: 'Use the owner of the table, or a role with BYPASSRLS.' })
  }
  return blockers
}

interface ForeignKey {
  readonly name: string
  readonly relation: string
  readonly from: string
  readonly to: string
  readonly deferrable: boolean
  readonly own: boolean
  readonly isTree: boolean
}

/** Foreign keys of these tables; those of partitions at the root of their tree, where alone they can be altered. */
async function readForeignKeys(session: Session, oids: readonly string[]): Promise<readonly ForeignKey[]> {
  const rows = await session.query<ForeignKey>(
    `WITH RECURSIVE k AS (
       SELECT oid, conparentid FROM pg_constraint WHERE contype = 'f' AND conrelid::text = ANY ($1::text[])
       UNION SELECT p.oid, p.conparentid FROM k JOIN pg_constraint p ON p.oid = k.conparentid)
     SELECT c.conname::text AS name, c.conrelid::regclass::text AS relation, c.conrelid::text AS "from", c.confrelid::text AS "to",
            c.condeferrable AS deferrable, pg_has_role(r.relowner, 'USAGE') AS own, 'p' IN (r.relkind, t.relkind) AS "isTree"
       FROM k JOIN pg_constraint c ON c.oid = k.oid JOIN pg_class r ON r.oid = c.conrelid JOIN pg_class t ON t.oid = c.confrelid
      WHERE k.conparentid = 0 ORDER BY 2, 1`,
    [oids],
  )
  return rows.map((row) => ({ ...row, name: quoteIdentifier(row.name) }))
}

/** Rows come in the order of the archive: a row may come before the one that it refers to. */
function isOutOfOrder({ from, to, isTree }: ForeignKey, oids: readonly string[]): boolean {
  return isTree || (from !== to && oids.indexOf(to) > oids.indexOf(from))
}

function deferBlocker({ relation, name }: ForeignKey): Blocker {
  const message = `Rows come before those to which the foreign key ${name} of ${relation} refers, and only the table's owner can let it wait.`
  return {
    code: 'PERMISSION_DENIED',
    message,
    remedy: `As its owner: ALTER TABLE ${relation} ALTER CONSTRAINT ${name} DEFERRABLE;`,
  }
}

/** Tables whose foreign keys refer to these: their rows would refer to nothing. */
async function referenceBlockers(session: Session, oids: readonly string[]): Promise<readonly Blocker[]> {
  const rows = await session.query<{ relation: string; target: string; name: string }>(
    `SELECT conrelid::regclass::text AS relation, confrelid::regclass::text AS target, conname::text AS name FROM pg_constraint
      WHERE contype = 'f' AND confrelid::text = ANY ($1::text[]) AND conrelid::text <> ALL ($1::text[])
        AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = conrelid AND c.relkind = 'p') ORDER BY 1, 3`,
    [oids],
  )
  return rows.map(({ relation, target, name }) => ({
    code: 'DEPENDENT_OBJECTS',
    message: `The foreign key ${quoteIdentifier(name)} of ${relation}, which is not restored, refers to ${target}.`,
    remedy: `ALTER TABLE ${relation} DROP CONSTRAINT ${quoteIdentifier(name)}; or add ${relation} to what is restored, or append.`,
  }))
}

async function triggerWarnings(
  session: Session,
  oids: readonly string[],
  rows: RowsMode | null,
): Promise<readonly Warning[]> {
  const found = await session.query<{
    schema: string
    relation: string
    name: string
    truncates: boolean
    inserts: boolean
  }>(
    `SELECT n.nspname::text AS schema, c.relname::text AS relation, t.tgname::text AS name,
            t.tgtype & 32 <> 0 AS truncates, t.tgtype & 4 <> 0 AS inserts
       FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND c.oid::text = ANY ($1::text[])
        AND (t.tgtype & 4 <> 0 OR t.tgtype & 32 <> 0) ORDER BY 1, 2, 3`,
    [oids],
  )
  return found
    .filter(({ truncates, inserts }) => inserts || (truncates && rows === 'replace'))
    .map(({ schema, relation, name, inserts }) => {
      const when = inserts ? 'for the rows that are restored' : 'when the rows are deleted'
      const message = `The trigger ${quoteIdentifier(name)} of ${objectName(schema, relation)} fires ${when}.`
      return { code: 'TRIGGER_FIRES', message }
    })
}
