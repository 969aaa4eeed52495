import type { EngineId, ServerInfo } from '../../../preload/contract/index.ts'
import { plural, sameUnit } from '../../lib/format.ts'
import { Box, Facts } from '../../ui/box.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Cell, Table } from '../../ui/table.tsx'

/** What a server or a file said of itself: version, tools that would be used and why, databases, warnings. */
export function ServerInfoView({ info, engine }: { readonly info: ServerInfo; readonly engine: EngineId }) {
  const { product, version, databases, tools, isSuperuser, warnings } = info
  const size = sameUnit(databases.map(({ sizeBytes }) => sizeBytes))
  return (
    <div className="flex flex-col gap-3">
      <Callout tone="ok" word="Connected" isAlert>
        <strong className="font-semibold">
          {product} {version}
        </strong>{' '}
        answered{engine === 'sqlite' ? '' : ` and shows ${plural(databases.length, 'database')}`}.
      </Callout>
      {warnings.map(({ code, message }) => (
        <Callout key={`${code} ${message}`} tone="warn" word="Warning">
          {message} <span className="text-sm text-ink-2">({code})</span>
        </Callout>
      ))}
      {tools.length === 0 ? null : (
        <Table
          label="Tools that are used"
          columns={[{ name: 'Tool' }, { name: 'Version' }, { name: 'Path' }, { name: 'Why this one' }]}
        >
          {tools.map((tool) => (
            <tr key={tool.name}>
              <Cell isHead>{tool.name}</Cell>
              <Cell>{tool.version}</Cell>
              <Cell>
                <code className="font-mono text-sm">{tool.path}</code>
              </Cell>
              <Cell isWrapped>{tool.why}</Cell>
            </tr>
          ))}
        </Table>
      )}
      {databases.length === 0 ? null : (
        <Table label="Databases" columns={[{ name: 'Database' }, { name: 'Size', isNumber: true }]}>
          {databases.map(({ name, sizeBytes }) => (
            <tr key={name}>
              <Cell isHead>{name}</Cell>
              <Cell isNumber>{sizeBytes === null ? 'not told' : size(sizeBytes)}</Cell>
            </tr>
          ))}
        </Table>
      )}
      {isSuperuser === null ? null : (
        <Box padded>
          <Facts facts={[['The account', isSuperuser ? 'is a superuser' : 'is no superuser']]} />
        </Box>
      )}
    </div>
  )
}
