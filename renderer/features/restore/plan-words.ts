import { defaultKeepHours, type PlanChange, type RestorePlan } from '../../../preload/contract/index.ts'
import { formatCount, plural } from '../../lib/format.ts'

/** The objects of one schema, in the order of the plan. */
export interface SchemaChanges {
  /** null where the engine has no schemas. */
  readonly schema: string | null
  readonly changes: readonly PlanChange[]
  readonly rowsNow: number | null
  readonly rowsAfter: number | null
  readonly isEstimate: boolean
}

type Action = PlanChange['action']

/** The signs of a plan, as the command line has them. */
export const signs: Readonly<Record<Action, string>> = {
  create: '+',
  replace: '~',
  append: '>',
  drop: '−',
  untouched: '=',
}

/** What becomes of an object, in a word. */
export const actionWords: Readonly<Record<Action, string>> = {
  create: 'create',
  replace: 'replace',
  append: 'add rows',
  drop: 'drop',
  untouched: 'stays as it is',
}

/** "Restoring replaces 3 tables, adds 1 and drops 1. 39 stay as they are." */
export function planSentence({ mode, changes }: Pick<RestorePlan, 'mode' | 'changes'>): string {
  const tables = tablesOf(changes)
  if (mode === 'new') {
    const rows = sum(tables.map(({ rowsAfter }) => rowsAfter))
    const what =
      rows === null ? plural(tables.length, 'table') : `${plural(tables.length, 'table')} and ${plural(rows, 'row')}`
    return `Restoring makes a new database with ${what}. Nothing that exists is touched.`
  }
  const counts = countsOf(tables)
  const deeds = deedsOf(counts, 'table')
  const stay = counts.untouched
  const rest = stay === 0 ? '' : ` ${formatCount(stay)} ${stay === 1 ? 'stays as it is' : 'stay as they are'}.`
  if (deeds.length === 0) return `Restoring changes no table.${rest}`
  return `Restoring ${listed(deeds)}.${rest}`
}

/** "3 tables replaced, 1 created, 1 dropped". */
export function changesInShort({ changes }: Pick<RestorePlan, 'changes'>): string {
  const counts = countsOf(tablesOf(changes))
  const words: readonly (readonly [Action, string])[] = [
    ['replace', 'replaced'],
    ['append', 'given more rows'],
    ['create', 'created'],
    ['drop', 'dropped'],
    ['untouched', 'left as they are'],
  ]
  const parts = words
    .filter(([action]) => counts[action] > 0)
    .map(
      ([action, word], index) =>
        `${index === 0 ? plural(counts[action], 'table') : formatCount(counts[action])} ${word}`,
    )
  return parts.length === 0 ? 'No table' : parts.join(', ')
}

/** What else is in the plan: "Besides: 3 views, 2 sequences."; null where there is nothing else. */
export function besides(changes: readonly PlanChange[]): string | null {
  const others = new Map<string, number>()
  for (const { kind, action } of changes) {
    if (kind === 'table' || action === 'untouched') continue
    others.set(kind, (others.get(kind) ?? 0) + 1)
  }
  if (others.size === 0) return null
  return `Besides: ${[...others].map(([kind, count]) => kindCount(kind, count)).join(', ')}.`
}

/** The tree of a plan: what changes first, in the order of the plan; what stays last. */
export function bySchema(changes: readonly PlanChange[]): readonly SchemaChanges[] {
  const schemas = new Map<string | null, PlanChange[]>()
  for (const change of changes) {
    const schema = schemaOf(change.object)
    const known = schemas.get(schema)
    if (known === undefined) schemas.set(schema, [change])
    else known.push(change)
  }
  return [...schemas].map(([schema, all]) => ({
    schema,
    changes: [
      ...all.filter(({ action }) => action !== 'untouched'),
      ...all.filter(({ action }) => action === 'untouched'),
    ],
    rowsNow: sum(all.map(({ rowsNow }) => rowsNow)),
    rowsAfter: sum(all.map(({ rowsAfter }) => rowsAfter)),
    isEstimate: all.some(({ isEstimate }) => isEstimate),
  }))
}

/** Rows that come or go: "+312", "−1,204", "0", with "~" where the present number is an estimate; null where nothing is known. */
export function difference({ action, rowsNow, rowsAfter, isEstimate }: PlanChange): string | null {
  if (rowsNow === null && rowsAfter === null) return null
  if (action === 'untouched') return null
  const change = (rowsAfter ?? 0) - (rowsNow ?? 0)
  const about = isEstimate ? '~' : ''
  if (change === 0) return `${about}0`
  return `${about}${change > 0 ? '+' : '−'}${formatCount(Math.abs(change))}`
}

/** `orders` of `public.orders`; names in quotes may hold dots. */
export function nameInSchema(object: string): string {
  const schema = schemaPart(object)
  return schema === null ? object : object.slice(schema.length + 1)
}

function schemaOf(object: string): string | null {
  const part = schemaPart(object)
  if (part === null) return null
  return part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part
}

/** The schema as it is written before the first dot outside of quotes. */
function schemaPart(object: string): string | null {
  const match = /^("(?:[^"]|"")*"|[^".]+)\./.exec(object)
  return match?.[1] ?? null
}

function tablesOf(changes: readonly PlanChange[]): readonly PlanChange[] {
  return changes.filter(({ kind }) => kind === 'table')
}

function countsOf(changes: readonly PlanChange[]): Readonly<Record<Action, number>> {
  const counts = { create: 0, replace: 0, append: 0, drop: 0, untouched: 0 }
  for (const { action } of changes) counts[action] += 1
  return counts
}

/** "replaces 3 tables", "adds 1", "drops 1": the first names what is counted. */
function deedsOf(counts: Readonly<Record<Action, number>>, one: string): readonly string[] {
  const deeds: readonly (readonly [Action, string])[] = [
    ['replace', 'replaces'],
    ['append', 'adds rows to'],
    ['create', 'adds'],
    ['drop', 'drops'],
  ]
  return deeds
    .filter(([action]) => counts[action] > 0)
    .map(
      ([action, verb], index) => `${verb} ${index === 0 ? plural(counts[action], one) : formatCount(counts[action])}`,
    )
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`
}

function kindCount(kind: string, count: number): string {
  const one = { 'large-objects': 'large object store', other: 'other object' }[kind] ?? kind.replaceAll('-', ' ')
  return plural(count, one)
}

function sum(numbers: readonly (number | null)[]): number | null {
  const known = numbers.filter((each) => each !== null)
  return known.length === 0 ? null : known.reduce((total, each) => total + each, 0)
}

/** The flags of `restore plan` that make the same plan of the same target. */
export function planOptions(plan: RestorePlan) {
  const { target, safetyBackup, roleChoice } = plan
  return {
    to: target.connection,
    database: target.database,
    mode: plan.mode,
    content: plan.content === 'full' ? null : plan.content,
    include: plan.include,
    exclude: plan.exclude,
    rows: plan.rows,
    roles: roleChoice === undefined || roleChoice.action === 'create' ? null : roleChoice.action,
    'role-passwords': roleChoice?.passwords === true,
    'disconnect-others': plan.disconnectOthers,
    'no-safety-backup': safetyBackup.reason !== null,
    reason: safetyBackup.reason,
    keep: plan.mode === 'swap' && plan.keepHours !== defaultKeepHours ? plan.keepHours : null,
    jobs: plan.jobs,
  }
}
