import type {
  Check,
  Comparison,
  NotCovered,
  Outcome,
  RestoreResult,
  ValidationReport,
} from '../../../preload/contract/index.ts'
import { formatCount, formatDuration, plural, printable } from '../format.ts'
import { table } from '../table.ts'

/** The word for an outcome. */
export const outcomeWords: Readonly<Record<Outcome, string>> = {
  passed: 'passed',
  failed: 'FAILED',
  'could-not-run': 'could not run',
}

/** A validation for people. */
export function validationText(report: ValidationReport): string {
  return [
    verdict(report),
    ...checkLines(report.checks),
    ...notCoveredLines(report.notCovered),
    ...phaseLines(report.phases),
  ].join('\n')
}

function verdict({ outcome, level }: ValidationReport): string {
  if (outcome === 'could-not-run') return 'The validation could not run.'
  if (outcome === 'failed') return 'The backup did not pass.'
  switch (level) {
    case 'restore':
      return 'Proven: restored and compared.'
    case 'presence':
      return 'The backup is there.'
    case 'checksum':
    case 'decode':
    case 'structure':
      return 'Checked: intact to the last byte.'
  }
}

/** The result of a restore for people. */
export function restoredText(result: RestoreResult): string {
  const { outcome, target } = result
  const words: Readonly<Record<Outcome, string>> = {
    passed: `Restored into ${target.database} and compared: equal.`,
    failed: `Restored into ${target.database}, but it is not equal to the backup.`,
    'could-not-run': `Restored into ${target.database}; the comparison could not run.`,
  }
  const kept = result.safetyBackup === null ? [] : [`Safety backup of what was there: ${result.safetyBackup}`]
  const undo = result.undoUntil === null ? [] : [`Can be undone until ${result.undoUntil}.`]
  return [
    printable(words[outcome]),
    ...checkLines(result.checks),
    ...notCoveredLines(result.notCovered),
    ...phaseLines(result.phases),
    ...kept,
    ...undo,
  ].join('\n')
}

/** A comparison for people: what differs, the rest as a number. */
export function comparisonText(comparison: Comparison): string {
  const different = comparison.objects.filter(({ status, schema }) => status !== 'equal' || schema !== 'equal')
  const equal = comparison.objects.length - different.length
  const covered = notCoveredLines(comparison.notCovered)
  if (comparison.equal) return [`Equal: ${plural(equal, 'object')} compared.`, ...covered].join('\n')
  const columns = [
    { title: 'OBJECT' },
    { title: 'KIND' },
    { title: 'DIFFERENCE' },
    { title: 'ROWS IN BACKUP', isNumeric: true },
    { title: 'ROWS THERE', isNumeric: true },
    { title: 'COLUMNS' },
  ]
  const rows = different.map((object) => [
    object.name,
    object.kind,
    differenceWords(object),
    formatCount(object.rowsLeft),
    formatCount(object.rowsRight),
    object.columns.join(', '),
  ])
  const heading = `Not equal: ${plural(different.length, 'object')} ${different.length === 1 ? 'differs' : 'differ'}, ${formatCount(equal)} equal.`
  return [heading, '', table(columns, rows, ''), ...covered].join('\n')
}

function differenceWords({ status, schema }: Comparison['objects'][number]): string {
  switch (status) {
    case 'only-left':
      return 'only in the backup'
    case 'only-right':
      return 'not in the backup'
    case 'changed':
      return schema === 'changed' ? 'content and structure' : 'content'
    case 'equal':
      return 'structure'
  }
}

function checkLines(checks: readonly Check[]): readonly string[] {
  if (checks.length === 0) return []
  const rows = checks.map(({ name, outcome, detail }) => [name, outcomeWords[outcome], detail ?? ''])
  return ['', table([{ title: 'CHECK' }, { title: 'OUTCOME' }, { title: 'DETAIL' }], rows, '')]
}

function notCoveredLines(notCovered: readonly NotCovered[]): readonly string[] {
  if (notCovered.length === 0) return []
  const rows = notCovered.map(({ object, why }) => [object, why])
  return ['', table([{ title: 'NOT COVERED' }, { title: 'WHY' }], rows, '')]
}

function phaseLines(phases: readonly { readonly name: string; readonly durationMs: number }[]): readonly string[] {
  if (phases.length === 0) return []
  return [
    '',
    `Took: ${phases.map(({ name, durationMs }) => `${printable(name)} ${formatDuration(durationMs)}`).join(', ')}`,
  ]
}
