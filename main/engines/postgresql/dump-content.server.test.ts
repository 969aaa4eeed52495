import { describe, expect, it } from 'vitest'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import type { ArchiveContents, Content } from '../../../preload/contract/index.ts'
import { checkInventory } from '../../backup/inventory.ts'
import { createDatabase } from './testing/fixture.ts'
import { dumpToMemory } from './testing/helpers.ts'
import { populate } from './testing/sample.ts'
import { customReader } from './reader/custom-reader.ts'

const cluster = usePostgres({ version: 15 })
const key = { id: 'test', bytes: new Uint8Array(16).fill(7) }

async function read(bytes: Uint8Array): Promise<ArchiveContents> {
  const session = customReader.start({ key })
  await session.write(bytes)
  return session.end()
}

describe('backups of structure alone and of rows alone', () => {
  it.each<Content>(['full', 'schema', 'data'])(
    '%s: the reader finds all that there is to be found',
    async (content) => {
      const server = cluster()
      const database = await createDatabase(server, `content_${content}`)
      await populate(server, database, 'marker')
      await server.sql(`SELECT lo_from_bytea(4711, 'large')`, database)
      const { bytes, report } = await dumpToMemory(server, database, { content })
      const contents = await read(bytes)
      expect(checkInventory(contents, report.inventory, content !== 'schema')).toEqual([])
      const customers = contents.objects.find(({ displayName }) => displayName === 'public.customer')
      expect(customers?.rows).toBe(content === 'schema' ? null : 504)
      expect(customers?.definition === null).toBe(content === 'data')
      expect(contents.objects.some(({ kind }) => kind === 'view')).toBe(content !== 'data')
      expect(contents.objects.some(({ kind }) => kind === 'large-objects')).toBe(content !== 'schema')
      const argv = report.argv[0] ?? []
      expect(argv.filter((word) => word.endsWith('-only'))).toEqual(content === 'full' ? [] : [`--${content}-only`])
    },
  )

  it('structure of a table that row-level security hides can be backed up, its rows cannot', async () => {
    const server = cluster()
    const database = await createDatabase(server, 'content_hidden')
    await server.sql(`CREATE ROLE peeker LOGIN PASSWORD 'x'`)
    await server.sql(
      'CREATE TABLE t (n int); ALTER TABLE t ENABLE ROW LEVEL SECURITY; GRANT SELECT ON t TO peeker',
      database,
    )
    const login = { user: 'peeker', password: 'x' }
    const { report } = await dumpToMemory(server, database, { content: 'schema', login })
    expect(report.inventory).toEqual([{ kind: 'table', displayName: 'public.t', hasRows: true }])
    const failed = await dumpToMemory(server, database, { content: 'data', login }).catch((error: unknown) => error)
    expect(failed).toMatchObject({ code: 'ROW_SECURITY' })
  })
})
