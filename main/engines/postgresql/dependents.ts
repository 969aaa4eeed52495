import type { Blocker } from '../../../preload/contract/index.ts'
import type { ArchiveEntry } from './archive-entries.ts'
import type { Session } from './session.ts'
import type { Need, TargetCatalog } from './target-objects.ts'

interface PartRow {
  key: string
  type: string | null
  identity: string | null
  name: string | null
}

/** What stays but needs something that is dropped, each with the statement that takes it out of the way. */
export async function dependentBlockers(
  session: Session,
  catalog: TargetCatalog,
  dependents: readonly Need[],
  chosen: readonly ArchiveEntry[],
): Promise<readonly Blocker[]> {
  if (dependents.length === 0) return []
  const keys = [...new Set(dependents.map(({ part }) => part))]
  const rows = await session.query<PartRow>(
    `SELECT k.key, o.type, o.identity, (pg_identify_object_as_address(k.class, k.object, 0)).object_names[3] AS name
       FROM (SELECT key, split_part(key, ':', 1)::oid AS class, split_part(key, ':', 2)::oid AS object FROM unnest($1::text[]) AS key) k,
            pg_identify_object(k.class, k.object, 0) o`,
    [keys],
  )
  const described = new Map(rows.map((row) => [row.key, row]))
  const inBackup = new Set(chosen.map(({ displayName }) => displayName))
  const found = new Map<string, Blocker>()
  for (const need of dependents) {
    const holder = catalog.objects.get(need.from)
    const part = described.get(need.part)
    const needed = catalog.objects.get(need.to)
    if (part === undefined || needed === undefined) continue
    const what = holder === undefined || need.part !== need.from ? describePart(part, holder?.identity) : null
    const who = what?.who ?? `The ${(holder?.kind ?? '').toLowerCase()} ${holder?.displayName ?? ''}`
    const isPartition = holder?.isPartition === true && needed.kind === 'TABLE' && need.part === need.from
    const drop = isPartition
      ? `ALTER TABLE ${needed.identity} DETACH PARTITION ${holder.identity};`
      : (what?.drop ??
        `DROP ${holder?.kind ?? ''} ${holder?.identity ?? ''};${holder?.hasRows === true ? ' (it holds rows)' : ''}`)
    const isChosen = holder !== undefined && inBackup.has(holder.displayName)
    found.set(`${who} ${drop}`, {
      code: 'DEPENDENT_OBJECTS',
      message: `${who} is not replaced, but needs ${needed.displayName}, which is.`,
      remedy:
        isChosen || holder === undefined
          ? drop
          : `${drop} Or, where the backup has it: --include '${holder.displayName}'.`,
    })
  }
  return [...found.values()]
}

/** A part of something, in words, and how it goes. null: it goes with the whole, as a view's rule does. */
function describePart(
  { type, identity, name }: PartRow,
  holder: string | undefined,
): { readonly who: string; readonly drop: string } | null {
  const relation = holder ?? ''
  const who = `The ${type ?? 'object'} ${identity ?? ''}`
  switch (type ?? '') {
    case 'table constraint':
      return { who, drop: `ALTER TABLE ${relation} DROP CONSTRAINT ${constraintName(identity ?? '', name)};` }
    case 'domain constraint':
      return { who, drop: `ALTER DOMAIN ${relation} DROP CONSTRAINT ${constraintName(identity ?? '', name)};` }
    case 'default value':
      return {
        who,
        drop: `ALTER TABLE ${relation} ALTER COLUMN ${name === null ? '…' : `"${name.replaceAll('"', '""')}"`} DROP DEFAULT;`,
      }
    case 'trigger':
    case 'policy':
      return { who, drop: `DROP ${(type ?? '').toUpperCase()} ${identity ?? ''};` }
    case 'rule':
      return identity?.startsWith('"_RETURN" on ') === true ? null : { who, drop: `DROP RULE ${identity ?? ''};` }
    case 'cast':
    case 'user mapping':
      return { who, drop: `DROP ${(type ?? '').toUpperCase()} ${identity ?? ''};` }
    default:
      return null
  }
}

/** The identity is `name on schema.table`. */
function constraintName(identity: string, name: string | null): string {
  return name === null ? identity.replace(/ on [\s\S]*$/, '') : `"${name.replaceAll('"', '""')}"`
}
