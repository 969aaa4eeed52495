/** What a restore does with the table of contents that `pg_restore --list` printed. */
export interface ListSelection {
  /** The lines for `--use-list`. */
  readonly lines: readonly string[]
  readonly leftOut: readonly { readonly object: string; readonly why: string }[]
}

/** Kinds of entry that must not be restored in a restore test, and why. */
const notInDrills: Readonly<Record<string, string>> = {
  SUBSCRIPTION: 'It would take over the replication slot of the original.',
  'SUBSCRIPTION TABLE': 'It belongs to a subscription.',
  PUBLICATION: 'It concerns replication, not rows.',
  'PUBLICATION TABLE': 'It belongs to a publication.',
  'PUBLICATION TABLES IN SCHEMA': 'It belongs to a publication.',
  'EVENT TRIGGER': 'It runs code by itself.',
  'USER MAPPING': 'It opens the way to another server.',
  'MATERIALIZED VIEW DATA': 'Filling it runs code, which may reach other servers.',
}

const kinds = Object.keys(notInDrills).toSorted((a, b) => b.length - a.length)
const entry = new RegExp(String.raw`^\d+; \d+ \d+ (${kinds.join('|')}) (.*)$`)
/** Comments, labels and privileges of such an entry. */
const attached = /^\d+; \d+ \d+ (?:COMMENT|SECURITY LABEL|ACL) - ((?:SUBSCRIPTION|PUBLICATION|EVENT TRIGGER) .*)$/
const subscription = /^\d+; \d+ \d+ (SUBSCRIPTION) (.*)$/

/** Schemas and extensions that stand in the database before the restore begins. */
export interface MadeBefore {
  readonly schemas: readonly string[]
  readonly extensions: readonly string[]
}

/**
 * Leaves out of a restore test what runs code by itself, reaches other servers, or belongs to other databases; also, without a
 * word about it, what was made before. Pure.
 */
export function selectForDrill(list: string, before: MadeBefore = { schemas: [], extensions: [] }): ListSelection {
  const madeBefore = new Set([
    ...before.schemas.map((name) => `SCHEMA - ${name}`),
    ...before.extensions.flatMap((name) => [`EXTENSION - ${name}`, `COMMENT - EXTENSION ${name}`]),
  ])
  const lines: string[] = []
  const leftOut: { object: string; why: string }[] = []
  for (const line of linesOf(list)) {
    const [, kind, rest] = entry.exec(line) ?? []
    if (kind !== undefined && rest !== undefined)
      leftOut.push({ object: objectOf(kind, rest), why: notInDrills[kind] ?? '' })
    else if (!attached.test(line) && !madeBefore.has(withoutIdsAndOwner(line))) lines.push(line)
  }
  return { lines, leftOut }
}

/** Subscriptions, which are left out of every restore into a database beside the original. Pure. */
export function leftOutAlways(list: string): ListSelection['leftOut'] {
  const found = linesOf(list).map((line) => subscription.exec(line)?.[2])
  const why = notInDrills['SUBSCRIPTION'] ?? ''
  return found.filter((rest) => rest !== undefined).map((rest) => ({ object: objectOf('SUBSCRIPTION', rest), why }))
}

function linesOf(list: string): readonly string[] {
  return list.split('\n').filter((line) => line !== '' && !line.startsWith(';'))
}

function withoutIdsAndOwner(line: string): string {
  return line.replace(/^\d+; \d+ \d+ /, '').replace(/ \S*$/, '')
}

/** `schema name owner` without the owner, which is the last word; `-` stands for no schema. */
function objectOf(kind: string, rest: string): string {
  const name = rest.replace(/^- /, '').replace(/ \S*$/, '')
  return `${kind.toLowerCase()} ${name}`
}
