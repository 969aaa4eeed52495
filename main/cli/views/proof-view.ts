import type {
  Check,
  Comparison,
  NotCovered,
  OtherBackups,
  Outcome,
  RestoreResult,
  ValidationReport,
} from '../../../preload/contract/index.ts'
import { formatCount, formatDuration, formatMoment, plural, printable } from '../format.ts'
import { table } from '../table.ts'
import { warningLines } from './backup-view.ts'
import { structureLines, versionPair } from './structure-view.ts'

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
    ...otherLines(report.others),
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
  const away = result.awayMs === null ? [] : [`The database was away for ${formatDuration(result.awayMs)}.`]
  const kept = result.safetyBackup === null ? [] : [`Safety backup of what was there: ${result.safetyBackup}`]
  const undo =
    result.undoUntil === null
      ? []
      : [
          `What was there is kept as ${printable(result.retired ?? '')}, at least until ${formatMoment(result.undoUntil)}.`,
          `  holdfast restore undo ${result.id}      gives it its name again`,
          `  holdfast restore finish ${result.id}    drops it`,
        ]
  return [
    printable(headline(result)),
    ...checkLines(result.checks),
    ...otherLines(result.others),
    ...hookLines(result.hooks),
    ...notCoveredLines(result.notCovered),
    ...(result.warnings.length === 0 ? [] : ['', ...warningLines(result.warnings)]),
    ...phaseLines(result.phases),
    ...away,
    ...kept,
    ...undo,
  ].join('\n')
}

function headline({ outcome, mode, target, retired }: RestoreResult): string {
  const { database } = target
  if (outcome === 'passed') return `Restored into ${database} and compared: equal.`
  const what = outcome === 'failed' ? 'did not pass its checks' : 'could not be checked'
  if (mode === 'new') return `What was restored ${what}, so ${database} was not made.`
  if (mode === 'swap' && retired === null) return `What was restored ${what}, so ${database} was not touched.`
  return `Restored into ${database}, but it ${what}.`
}

/** A comparison for people: what differs, the rest as a number. */
export function comparisonText(comparison: Comparison): string {
  const different = comparison.objects.filter(({ status, schema }) => status !== 'equal' || schema !== 'equal')
  const equal = comparison.objects.length - different.length
  const covered = notCoveredLines(comparison.notCovered)
  const { schemaVersion } = comparison
  const versions = schemaVersion === undefined ? null : versionPair(schemaVersion.left, schemaVersion.right, 'there')
  const migrations = versions === null ? [] : ['', `Migrations: ${printable(versions)}`]
  if (comparison.equal) return [`Equal: ${plural(equal, 'object')} compared.`, ...migrations, ...covered].join('\n')
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
  const structure = structureLines(different.map(({ name, structureChanges: changes }) => ({ object: name, changes })))
  return [heading, '', table(columns, rows, ''), ...structure, ...migrations, ...covered].join('\n')
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

function otherLines(others: OtherBackups | undefined): readonly string[] {
  if (others === undefined) return []
  const { good, proven } = others
  if (good === null) return ['', 'There is no other good backup of this database.']
  const lineOf = (word: string, { backup, startedAt }: NonNullable<OtherBackups['good']>) =>
    `  ${word.padEnd(14)} ${backup} of ${formatMoment(startedAt)}`
  return [
    '',
    'What can be relied on instead:',
    lineOf('newest good', good),
    proven === null ? '  None of the others is proven.' : lineOf('newest proven', proven),
  ]
}

function hookLines(hooks: RestoreResult['hooks']): readonly string[] {
  if (hooks.length === 0) return []
  const rows = hooks.map(({ phase, name, outcome, detail }) => [phase, name, outcomeWords[outcome], detail ?? ''])
  const columns = [{ title: 'HOOK' }, { title: 'NAME' }, { title: 'OUTCOME' }, { title: 'DETAIL' }]
  return ['', table(columns, rows, '')]
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
