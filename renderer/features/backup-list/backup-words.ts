import type { BackupRow, BackupSummary, Trigger } from '../../../preload/contract/index.ts'
import { formatCount } from '../../lib/format.ts'

/** What started a backup. */
export const triggerNames: Readonly<Record<Trigger, string>> = {
  manual: 'By hand',
  schedule: 'Schedule',
  safety: 'Before a restore',
  demo: 'Demonstration',
  import: 'Import',
}

/** What kind of backup it is. */
export const kindNames: Readonly<Record<BackupSummary['kind'], string>> = {
  backup: 'Backup',
  safety: 'Safety backup',
  checkpoint: 'Checkpoint',
  import: 'Imported',
  salvage: 'Salvage',
}

/** Where a copy stands. */
export const copyStates: Readonly<
  Record<BackupSummary['copies'][number]['state'], readonly [tone: 'ok' | 'bad' | 'late', word: string]>
> = {
  stored: ['ok', 'Stored'],
  failed: ['bad', 'Not written'],
  waiting: ['late', 'Waiting'],
  missing: ['bad', 'Missing'],
  altered: ['bad', 'Altered'],
}

/** A database by its name; a file by its last part. The whole is shown beside it or on hover. */
export function shortDatabase(database: string): string {
  return database.split(/[\\/]/).findLast((part) => part !== '') ?? database
}

/** `orders, order_lines, customers + 12 more`, PostgreSQL's usual schema left out; null where nothing is known of it. */
export function holdsText({ holds }: Pick<BackupRow, 'holds'>): string | null {
  if (holds.first.length === 0) return null
  return `${holds.first.map((name) => name.replace(/^public\./, '')).join(', ')}${holds.more === 0 ? '' : ` + ${formatCount(holds.more)} more`}`
}

/** `NAS, S3`, or what is wrong with the copies. */
export function copiesText(copies: BackupSummary['copies']): { readonly text: string; readonly isBad: boolean } {
  const bad = copies.filter(({ state }) => state !== 'stored')
  if (bad.length === 0) return { text: copies.map(({ destination }) => destination).join(', '), isBad: false }
  return {
    text: bad.map(({ destination, state }) => `${destination} ${copyStates[state][1].toLowerCase()}`).join(', '),
    isBad: bad.some(({ state }) => state !== 'waiting'),
  }
}

/** A size that is not nothing never reads as nothing: `<0.01 GB`. */
export function sizeText(bytes: number, format: (bytes: number) => string): string {
  const said = format(bytes)
  return bytes > 0 && said.startsWith('0.00 ') ? `<0.01${said.slice(4)}` : said
}
