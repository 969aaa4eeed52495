import type { ArchiveContents, ArchiveObject, Check, Comparison, RestorePlan } from '../../preload/contract/index.ts'
import { compareContents } from '../compare/compare-contents.ts'
import { comparisonChecks } from '../compare/comparison-checks.ts'

/** What was restored into a database that holds other things too, compared with the backup. */
export interface InPlaceComparison {
  readonly comparison: Comparison
  readonly checks: readonly Check[]
}

/**
 * Compares what the plan said would be replaced or created, and nothing else: other objects stand as not covered. With structure alone
 * definitions count, with rows alone rows; rows that were added cannot be told from those that were there, so they are counted. Pure.
 */
export function compareInPlace(
  plan: Pick<RestorePlan, 'content' | 'rows' | 'changes' | 'include' | 'exclude'>,
  backup: ArchiveContents,
  live: ArchiveContents,
): InPlaceComparison {
  const touched = new Set(
    plan.changes.filter(({ action }) => action !== 'untouched').map(({ kind, object }) => keyOf(kind, object)),
  )
  const names = new Set(plan.changes.filter(({ action }) => action !== 'untouched').map(({ object }) => object))
  const isChosen = plan.include.length > 0 || plan.exclude.length > 0
  const isWhole = !isChosen && plan.changes.every(({ action }) => action !== 'untouched')
  const gone = new Set(
    plan.changes.filter(({ action }) => action === 'drop').map(({ kind, object }) => keyOf(kind, object)),
  )
  const left = backup.objects.filter((object) => isCompared(object, touched, isWhole, plan.content))
  const wanted = new Set(left.map((object) => `${object.subtype}\u0000${keyOf(object.kind, object.displayName)}`))
  const right = live.objects.filter((object) => {
    const key = keyOf(object.kind, object.displayName)
    return gone.has(key) || wanted.has(`${object.subtype}\u0000${key}`)
  })
  const others = live.objects.filter((object) => object.rows !== null && !names.has(object.displayName))
  const comparison = compareContents(
    { ...backup, objects: left.map((object) => asContent(object, plan)) },
    { ...live, objects: right.map((object) => asContent(object, plan)) },
  )
  const isAppend = plan.content === 'data' && plan.rows === 'append'
  const checks = comparisonChecks(comparison).filter(({ name }) => name !== 'nothing else present' || gone.size > 0)
  return {
    comparison: {
      ...comparison,
      notCovered: [
        ...comparison.notCovered,
        ...others.map(({ displayName }) => ({ object: displayName, why: 'not part of this restore' })),
        ...(isAppend ? [{ object: 'content of rows', why: 'the tables held rows before; rows were counted' }] : []),
      ],
    },
    checks: isAppend ? [appendedRows(plan, right)] : checks,
  }
}

function isCompared(
  object: ArchiveObject,
  touched: ReadonlySet<string>,
  isWhole: boolean,
  content: RestorePlan['content'],
): boolean {
  if (touched.has(keyOf(object.kind, object.displayName))) return content !== 'data' || object.rows !== null
  return isWhole && content !== 'data' && object.kind === 'other'
}

/** Rows don't count where structure alone was restored; structure doesn't where rows alone were. */
function asContent(object: ArchiveObject, { content }: Pick<RestorePlan, 'content'>): ArchiveObject {
  if (content === 'schema') return { ...object, rows: null, fingerprint: null, value: null }
  if (content === 'data') return { ...object, definition: null, owner: null, privileges: null }
  return object
}

/** Rows that others wrote meanwhile may be there too. */
function appendedRows(plan: Pick<RestorePlan, 'changes'>, live: readonly ArchiveObject[]): Check {
  const rows = new Map(live.map((object) => [object.displayName, object.rows ?? 0]))
  const short = plan.changes.filter(
    ({ action, object, rowsAfter, isEstimate }) =>
      action === 'append' && !isEstimate && rowsAfter !== null && (rows.get(object) ?? 0) < rowsAfter,
  )
  if (short.length === 0)
    return { name: 'row counts', outcome: 'passed', detail: 'every table has the rows that were added' }
  const named = short.map(({ object, rowsAfter }) => `${object} (${rows.get(object) ?? 0} of ${rowsAfter ?? 0})`)
  return {
    name: 'row counts',
    outcome: 'failed',
    detail: `fewer rows than before and in the backup: ${named.join(', ')}`,
  }
}

function keyOf(kind: string, displayName: string): string {
  return `${kind}\u0000${displayName}`
}
