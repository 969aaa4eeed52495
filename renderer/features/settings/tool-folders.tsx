import { toAppError, type PickedPath, type ToolsReport } from '../../../preload/contract/index.ts'
import { call, useAction, useMethod } from '../../lib/api.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { Button } from '../../ui/button.tsx'
import { Section } from '../../ui/box.tsx'
import { Code } from '../../ui/code.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { QueryState } from '../errors/query-state.tsx'

const columns = [{ name: 'Program' }, { name: 'Version' }, { name: 'Path' }]

/** Which of the vendors' programs were found, and the folder in which they are looked for. */
export function ToolFolders() {
  const tools = useMethod('tools.list', {})
  return (
    <Section title="Programs of the databases" note="the closest version that fits a server is used">
      <QueryState query={tools} what="the programs">
        {(report) => <Found report={report} />}
      </QueryState>
    </Section>
  )
}

function Found({ report }: { readonly report: ToolsReport }) {
  return (
    <div className="flex flex-col gap-3">
      <p className="wrap-anywhere text-ink-2">{whereText(report)}</p>
      <Table label="Programs that were found" columns={columns}>
        {report.tools.flatMap(({ name, found, rejected }) => [
          ...found.map(({ path, version, flavour }) => (
            <tr key={path}>
              <Cell isHead>{name}</Cell>
              <Cell>
                {version} <span className="text-ink-3">{flavour}</span>
              </Cell>
              <Cell isWrapped>
                <span className="block min-w-44 font-mono text-sm wrap-anywhere">{path}</span>
              </Cell>
            </tr>
          )),
          ...rejected.map(({ path, why }) => (
            <tr key={path}>
              <Cell isHead>{name}</Cell>
              <Cell isWrapped>{why}</Cell>
              <Cell isWrapped>
                <span className="block min-w-44 font-mono text-sm wrap-anywhere">{path}</span>
              </Cell>
            </tr>
          )),
          ...(found.length + rejected.length > 0
            ? []
            : [
                <tr key={name}>
                  <Cell isHead>{name}</Cell>
                  <Cell>Not found</Cell>
                  <Cell>
                    <span className="text-ink-3">nowhere</span>
                  </Cell>
                </tr>,
              ]),
        ])}
      </Table>
      <Choose report={report} />
    </div>
  )
}

function whereText({ from, folders }: ToolsReport): string {
  if (from === 'search') return 'Looked for in PATH and in the folders where installers put them.'
  const list = folders.join(', ')
  return from === 'environment'
    ? `The variable HOLDFAST_TOOLS_PATH says to look in ${list} alone.`
    : `Looked for in ${list} alone, as was set here.`
}

/** A folder that programs are run from is chosen in a dialog of the system, or on the command line. */
function Choose({ report }: { readonly report: ToolsReport }) {
  const info = useMethod('app.info', {})
  const set = useAction('tools.setFolders')
  const canChoose = info.data?.hasNativeDialogs === true
  const choose = async () => {
    const picked: PickedPath | null = await call('paths.pick', {
      purpose: 'folder',
      title: 'The folder with the programs',
    })
    if (picked !== null) set.mutate({ folders: [{ picked: picked.picked }] })
  }
  return (
    <>
      {canChoose ? (
        <div className="flex flex-wrap items-center gap-3">
          <Button isPending={set.isPending} onPress={() => void choose()}>
            Use another folder…
          </Button>
          {report.saved.length === 0 ? null : (
            <Button isPending={set.isPending} onPress={() => set.mutate({ folders: [] })}>
              Search everywhere again
            </Button>
          )}
        </div>
      ) : null}
      {set.error === null ? null : <ErrorNotice error={toAppError(set.error)} />}
      <div>
        <p className="mt-0 mb-1.5 text-ink-2">
          {report.saved.length === 0 ? 'Other folders, on the command line:' : 'Everywhere again, on the command line:'}
        </p>
        <Code label="the command for the folders">
          {cliCommand(report.saved.length === 0 ? ['tools', 'use', '/path/to/bin'] : ['tools', 'reset'])}
        </Code>
      </div>
    </>
  )
}
