import type { BackupDetail } from '../../../preload/contract/index.ts'
import { formatBytes, plural } from '../../lib/format.ts'

/** What a backup holds, in a sentence with numbers: `12 tables with 34,000 rows, 1.2 MB.` */
export function contentSentence({ objects, artifactBytes }: Pick<BackupDetail, 'objects' | 'artifactBytes'>): string {
  const tables = objects.filter(({ kind }) => kind === 'table')
  const counted = tables.flatMap(({ rows }) => (rows === null ? [] : [rows]))
  const rows = counted.reduce((sum, each) => sum + each, 0)
  const held =
    counted.length === 0
      ? plural(tables.length, 'table')
      : `${plural(tables.length, 'table')} with ${plural(rows, 'row')}`
  return artifactBytes === null ? `${held}.` : `${held}, ${formatBytes(artifactBytes)}.`
}
