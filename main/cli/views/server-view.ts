import type { ServerInfo } from '../../../preload/contract/index.ts'
import { formatBytes } from '../format.ts'
import { table } from '../table.ts'
import { warningLines } from './backup-view.ts'

/** What a server, or a file, said of itself, for people. */
export function serverText(info: ServerInfo): string {
  const parts = [`Connected: ${info.product} ${info.version}.`]
  const databases = info.databases.map(({ name, sizeBytes }) => [name, formatBytes(sizeBytes)])
  parts.push('', table([{ title: 'DATABASE' }, { title: 'SIZE', isNumeric: true }], databases, 'No databases.'))
  if (info.tools.length > 0) {
    const columns = [{ title: 'TOOL' }, { title: 'VERSION' }, { title: 'PATH' }, { title: 'WHY' }]
    parts.push(
      '',
      table(
        columns,
        info.tools.map(({ name, version, path, why }) => [name, version, path, why]),
        '',
      ),
    )
  }
  return [...parts, ...warningLines(info.warnings)].join('\n')
}
