import { resolve } from 'node:path'
import type { FoundDump, FoundDumps } from '../../../preload/contract/index.ts'
import { formatBytes, formatCount, plural, printable, shellWord } from '../format.ts'
import type { Reply } from '../io.ts'
import { positiveInteger } from '../options.ts'
import type { Session } from '../session.ts'
import { table } from '../table.ts'
import type { CommandGroup } from './group.ts'

const dayMs = 86_400_000
/** More reasons are counted, not listed. */
const shownSkips = 20

/** `find-dumps <dir>`. */
export const addFindDumpsCommand: CommandGroup = (program, run) => {
  program
    .command('find-dumps <dir>')
    .description('loose dumps and database files in a folder, by their content, with age and size; nothing is changed')
    .option('--depth <n>', 'folders below it', positiveInteger, 8)
    .option('--limit <n>', 'files and folders that are looked at', positiveInteger, 20_000)
    .action((folder: string, flags: { depth: number; limit: number }) => run((session) => find(session, folder, flags)))
}

async function find(session: Session, folder: string, flags: { depth: number; limit: number }): Promise<Reply> {
  const request = {
    folder: resolve(folder),
    depth: Math.min(flags.depth, 64),
    entries: Math.min(flags.limit, 1_000_000),
  }
  const found = await session.call('files.findDumps', request)
  return { data: found, text: foundText(found), exitCode: found.isComplete && found.skippedCount === 0 ? 0 : 3 }
}

function foundText(found: FoundDumps): string {
  const columns = [
    { title: 'FILE' },
    { title: 'WHAT' },
    { title: 'SIZE', isNumeric: true },
    { title: 'AGE', isNumeric: true },
    { title: 'NOTES' },
  ]
  const rows = found.dumps.map((dump) => [
    dump.path.slice(found.folder.length).replace(/^[/\\]/, ''),
    dump.what,
    formatBytes(dump.sizeBytes),
    ageWords(dump),
    notes(dump),
  ])
  const looked = `${plural(found.entries, 'entry', 'entries')} looked at in ${printable(found.folder)}.`
  const parts = [table(columns, rows, 'No loose dumps.'), '', looked]
  const shown = found.skipped.slice(0, shownSkips)
  if (shown.length > 0) {
    parts.push('', 'Not looked at:', ...shown.map(({ path, why }) => `  ${printable(path)}: ${printable(why)}`))
    if (found.skippedCount > shown.length) parts.push(`  and ${formatCount(found.skippedCount - shown.length)} more`)
  }
  if (!found.isComplete) parts.push('', 'There is more: raise --depth or --limit.')
  const first = found.dumps.find(({ remedy }) => remedy === null)
  if (first !== undefined) {
    const path = printable(shellWord(first.path))
    parts.push('', 'Look at one, and take it in; moving or deleting is left to you:')
    parts.push(`  holdfast lint ${path}`, `  holdfast backups import ${path}`)
  }
  for (const { path, remedy } of found.dumps) {
    if (remedy !== null) parts.push('', `${printable(path)}:`, `  ${printable(remedy)}`)
  }
  return parts.join('\n')
}

function ageWords({ modifiedAt }: FoundDump): string {
  return plural(Math.max(0, Math.floor((Date.now() - Date.parse(modifiedAt)) / dayMs)), 'day')
}

function notes({ compression, isEncrypted, hasManifest }: FoundDump): string {
  const said: string[] = []
  if (compression !== 'none') said.push(compression)
  if (isEncrypted) said.push('encrypted')
  if (hasManifest) said.push('manifest beside it')
  return said.join(', ')
}
