import type { Badge, BackupDetail, BackupSummary, Warning } from '../../../preload/contract/index.ts'
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatMoment,
  formatRatio,
  plural,
  printable,
  shortId,
} from '../format.ts'
import { facts, table } from '../table.ts'
import { versionWords } from './structure-view.ts'

/** The word for a badge in lists. */
export const badgeWords: Readonly<Record<Badge, string>> = {
  none: 'Unproven',
  checked: 'Checked',
  proven: 'Proven',
  failed: 'Failed',
}

/** The document of `backup`: the summary and the objects, under the names that scripts rely on. */
export function backupDocument(backup: BackupDetail) {
  const { contents: _contents, validations: _validations, restoreByHand: _restoreByHand, ...rest } = backup
  return rest
}

/** Whether a backup was done, but not all of it went as it should: exit code 3. */
export function isDoneWithWarnings(backup: Pick<BackupSummary, 'warnings' | 'copies'>): boolean {
  return backup.warnings.length > 0 || backup.copies.some(({ state }) => state !== 'stored')
}

/** What `backup` ends with: name, copies, size, ratio, digest, duration, warnings, the next step. */
export function finishedBackupText(backup: BackupDetail): string {
  const stored = backup.copies.filter(({ state }) => state === 'stored').length
  const copies = `${stored} of ${plural(backup.copies.length, 'copy', 'copies')}`
  const size = `${formatBytes(backup.artifactBytes)}, from ${formatBytes(backup.plaintextBytes)} (${formatRatio(backup.plaintextBytes, backup.artifactBytes)})`
  const tables = backup.objects.filter(({ kind }) => kind === 'table')
  const rows = tables.reduce((sum, table) => sum + (table.rows ?? 0), 0)
  return [
    isDoneWithWarnings(backup) ? 'Backed up, with warnings.' : 'Backed up.',
    facts([
      ['Backup', backup.id],
      ['Name', backup.name],
      ['Database', `${backup.database} (${backup.connection})`],
      ['Holds', `${plural(tables.length, 'table')}, ${plural(rows, 'row')}`],
      ['Copies', copies],
      ...backup.copies.map(
        ({ destination, location, state }) => ['', `${destination}: ${state}, ${location}`] as const,
      ),
      ['Size', size],
      ['Encrypted', backup.encrypted ? 'yes' : 'no'],
      ['SHA-256', backup.artifactSha256],
      ['Took', formatDuration(backup.durationMs)],
    ]),
    ...warningLines(backup.warnings),
    ...(backup.needs.length === 0
      ? [`Prove that it restores: holdfast validate ${shortId(backup.id)} --level restore`]
      : [`It can't be restored alone; first there must be: ${named(backup.needs)}`]),
  ].join('\n')
}

/** The list of backups. */
export function backupsText(backups: readonly BackupSummary[]): string {
  const columns = [
    { title: 'ID' },
    { title: 'TAKEN' },
    { title: 'DATABASE' },
    { title: 'CONNECTION' },
    { title: 'SIZE', isNumeric: true },
    { title: 'COPIES' },
    { title: 'STATE' },
    { title: 'NOTES' },
  ]
  const rows = backups.map((backup) => [
    shortId(backup.id),
    formatMoment(backup.startedAt),
    backup.database,
    backup.connection,
    formatBytes(backup.artifactBytes),
    `${backup.copies.filter(({ state }) => state === 'stored').length}/${backup.copies.length}`,
    stateWord(backup),
    notes(backup).join(', '),
  ])
  return table(columns, rows, 'No backups yet. Take one: holdfast backup <connection>')
}

/** One backup with all that it holds. */
export function backupText(backup: BackupDetail): string {
  const level = backup.compression.level === null ? '' : ` ${backup.compression.level}`
  const objects = backup.objects.map(({ name, kind, rows, fingerprint }) => [
    name,
    kind,
    formatCount(rows),
    fingerprint ?? '',
  ])
  const columns = [{ title: 'OBJECT' }, { title: 'KIND' }, { title: 'ROWS', isNumeric: true }, { title: 'FINGERPRINT' }]
  const parts = [
    facts([
      ['Backup', backup.id],
      ['Name', backup.name],
      ['State', stateWord(backup)],
      ['Taken', `${formatMoment(backup.startedAt)}, in ${formatDuration(backup.durationMs)}`],
      ['Database', `${backup.database} (${backup.connection}, ${backup.engine})`],
      ['Content', `${backup.content}, ${backup.scope}, ${backup.format}`],
      ['Chosen', selectionText(backup)],
      ['Needs', named(backup.needs) || null],
      ['Kind', `${backup.kind}, ${backup.trigger}`],
      ['By', backup.createdBy],
      ['Description', backup.description],
      ['Migrations', versionWords(backup.schemaVersion)],
      ['Origin', backup.origin],
      ['Size', `${formatBytes(backup.artifactBytes)}, from ${formatBytes(backup.plaintextBytes)}`],
      ['Stored as', `${backup.compression.name}${level}, ${backup.encrypted ? 'encrypted' : 'not encrypted'}`],
      ['SHA-256', backup.artifactSha256],
      ['Notes', notes(backup).join(', ') || null],
      ...backup.copies.map(
        ({ destination, location, state }) => ['Copy', `${destination}: ${state}, ${location}`] as const,
      ),
      ...backup.validations.map(
        ({ level: checked, outcome, finishedAt }) =>
          ['Validated', `${checked}: ${outcome}, ${formatMoment(finishedAt)}`] as const,
      ),
    ]),
    ...warningLines(backup.warnings),
  ]
  if (objects.length > 0) parts.push('', table(columns, objects, ''))
  if (backup.restoreByHand.length > 0) {
    parts.push('', 'Without Holdfast:', ...backup.restoreByHand.map((line) => `  ${printable(line)}`))
  }
  return parts.join('\n')
}

function named(names: readonly string[]): string {
  return names.map((name) => printable(name)).join(', ')
}

function selectionText({ selection }: BackupDetail): string | null {
  if (selection === null) return null
  const part = (word: string, names: readonly string[]) => (names.length === 0 ? [] : [`${word} ${named(names)}`])
  const { include, exclude, excludeRows } = selection
  return [...part('only', include), ...part('without', exclude), ...part('without the rows of', excludeRows)].join('; ')
}

/** One line per warning; none for none. */
export function warningLines(warnings: readonly Warning[]): readonly string[] {
  return warnings.map(({ code, message }) => `Warning: ${printable(message)} (${printable(code)})`)
}

function stateWord(backup: BackupSummary): string {
  return backup.state === 'failed' ? badgeWords.failed : badgeWords[backup.badge]
}

function notes(backup: BackupSummary): string[] {
  const said: string[] = []
  if (backup.pinned) said.push('pinned')
  if (backup.scope === 'partial') said.push('partial')
  if (backup.kind !== 'backup') said.push(backup.kind)
  if (backup.origin !== 'own') said.push(`origin ${backup.origin}`)
  if (!backup.encrypted) said.push('not encrypted')
  if (backup.warnings.length > 0) said.push(plural(backup.warnings.length, 'warning'))
  if (backup.needsKey !== null) said.push(`needs key ${backup.needsKey}`)
  return said
}
