import { resolve } from 'node:path'
import type { ToolsReport } from '../../../preload/contract/index.ts'
import { printable } from '../format.ts'
import type { Reply } from '../io.ts'
import type { Session } from '../session.ts'
import { table } from '../table.ts'
import type { CommandGroup } from './group.ts'

/** `tools list|use|reset` and `diagnostics`. */
export const addToolCommands: CommandGroup = (program, run) => {
  const group = program.command('tools').description('the vendors’ programs, and where they are looked for')

  group
    .command('list')
    .description('the programs that were found, and those that can’t be used')
    .action(() => run(async (session) => shown(await session.call('tools.list', {}))))

  group
    .command('use <folder...>')
    .description('look for programs in these folders alone; HOLDFAST_TOOLS_PATH goes before them')
    .action((folders: string[]) => run((session) => use(session, folders)))

  group
    .command('reset')
    .description('look for programs in PATH and in the usual folders again')
    .action(() => run((session) => use(session, [])))

  program
    .command('diagnostics <directory>')
    .description('write what a report of a problem needs into a new file there: no passwords, no names, no rows')
    .action((directory: string) => run((session) => diagnostics(session, directory)))
}

async function use(session: Session, folders: readonly string[]): Promise<Reply> {
  return shown(await session.call('tools.setFolders', { folders: folders.map((folder) => resolve(folder)) }))
}

const sources: Readonly<Record<ToolsReport['from'], (folders: string) => string>> = {
  environment: (folders) => `HOLDFAST_TOOLS_PATH says to look in ${folders} alone.`,
  settings: (folders) => `Looked for in ${folders} alone, as was set here.`,
  search: () => 'Looked for in PATH and in the usual folders.',
}

function shown(report: ToolsReport): Reply {
  const columns = [{ title: 'PROGRAM' }, { title: 'VERSION' }, { title: 'PATH' }]
  const rows = report.tools.flatMap(({ name, found, rejected }) => [
    ...found.map(({ version, flavour, path }) => [name, `${version} (${flavour})`, path]),
    ...rejected.map(({ path, why }) => [name, why, path]),
    ...(found.length === 0 && rejected.length === 0 ? [[name, 'not found', '']] : []),
  ])
  const isOverruled = report.from === 'environment' && report.saved.length > 0
  const text = [
    printable(sources[report.from](report.folders.join(', '))),
    ...(isOverruled ? [`Set here, and overruled: ${printable(report.saved.join(', '))}.`] : []),
    '',
    table(columns, rows, 'Nothing was found.'),
  ]
  return { data: report, text: text.join('\n') }
}

async function diagnostics(session: Session, directory: string): Promise<Reply> {
  const data = await session.call('app.diagnostics', { directory: resolve(directory) })
  return { data, text: `Written: ${printable(data.file)}\nLook through it before you send it.` }
}
