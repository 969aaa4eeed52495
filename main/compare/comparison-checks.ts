import type { Check, ComparedObject, Comparison } from '../../preload/contract/index.ts'

/**
 * The comparison after a restore as checks, pass or fail each: nothing missing, nothing extra, row counts, content, structure.
 * `detail` names the first objects that differ.
 */
export function comparisonChecks(comparison: Comparison): Check[] {
  const tables = comparison.objects.filter((object) => object.rowsLeft !== null)
  return [
    check(
      'objects present',
      comparison.objects.filter((o) => o.status === 'only-left'),
      'missing',
      `${String(comparison.objects.length)} objects`,
    ),
    check(
      'nothing else present',
      comparison.objects.filter((o) => o.status === 'only-right'),
      'not in the backup',
      'no other objects',
    ),
    check(
      'row counts',
      tables.filter((o) => o.status === 'changed' && o.rowsLeft !== o.rowsRight),
      'other number of rows',
      `${String(tables.length)} tables, ${total(tables)} rows`,
    ),
    check(
      'content',
      comparison.objects.filter(hasOtherContent),
      'other content',
      `${String(tables.length)} tables equal by fingerprint`,
    ),
    check(
      'definitions',
      comparison.objects.filter((o) => o.status === 'changed' && o.schema === 'changed'),
      'other definition',
      'all definitions equal',
    ),
  ]
}

function hasOtherContent(object: ComparedObject): boolean {
  return object.status === 'changed' && (object.columns.length > 0 || object.schema === 'equal')
}

function total(tables: readonly ComparedObject[]): string {
  return String(tables.reduce((sum, table) => sum + (table.rowsLeft ?? 0), 0))
}

function check(name: string, bad: readonly ComparedObject[], what: string, good: string): Check {
  if (bad.length === 0) return { name, outcome: 'passed', detail: good }
  const named = bad.slice(0, 10).map(describe)
  const rest = bad.length > named.length ? ` and ${String(bad.length - named.length)} more` : ''
  return { name, outcome: 'failed', detail: `${what}: ${named.join(', ')}${rest}` }
}

function describe(object: ComparedObject): string {
  if (object.columns.length > 0) return `${object.name} (${object.columns.join(', ')})`
  if (object.rowsLeft !== object.rowsRight)
    return `${object.name} (${String(object.rowsLeft)} → ${String(object.rowsRight)} rows)`
  return object.name
}
