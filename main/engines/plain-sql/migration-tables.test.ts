import { describe, expect, it } from 'vitest'
import { migrationTables, type MigrationRow } from './migration-tables.ts'

function read(tool: string, rows: readonly MigrationRow[]) {
  return migrationTables.find((table) => table.tool === tool)?.read(rows) ?? null
}

describe('a table of migrations', () => {
  it.each([
    [
      'django',
      [
        { id: '1', app: 'shop', name: '0001_initial' },
        { id: '2', app: 'shop', name: '0002_x' },
      ],
      'shop.0002_x',
      2,
    ],
    ['rails', [{ version: '20240101' }, { version: '20250101' }], '20250101', 2],
    ['alembic', [{ version_num: 'aa' }, { version_num: 'bb' }], 'aa, bb', null],
  ])('of %s says how far they have come', (tool, rows, version, appliedCount) => {
    expect(read(tool, rows)).toEqual({ tool, version, appliedCount })
    expect(read(tool, [])).toBeNull()
  })

  it('of Flyway counts what was applied, and names what failed', () => {
    const row = (version: string | null, success: string) => ({
      installed_rank: '1',
      version,
      description: 'd',
      success,
    })
    const rows = [row('1', 'true'), row('2', '1'), row(null, 'true'), row('3', 'false')]
    expect(read('flyway', rows)).toEqual({ tool: 'flyway', version: '2', appliedCount: 2, failed: '3' })
  })

  it('of Prisma leaves out what was taken back', () => {
    const row = (name: string, finished: string | null, back: string | null) => ({
      migration_name: name,
      started_at: 's',
      finished_at: finished,
      rolled_back_at: back,
    })
    const rows = [row('1_a', 'f', null), row('2_b', null, 'r'), row('3_c', null, null)]
    expect(read('prisma', rows)).toEqual({ tool: 'prisma', version: '1_a', appliedCount: 1, failed: '3_c' })
  })

  it('of Liquibase does not count what failed', () => {
    const row = (id: string, exectype: string) => ({ id, orderexecuted: id, exectype })
    expect(read('liquibase', [row('1', 'EXECUTED'), row('2', 'FAILED')])).toEqual({
      tool: 'liquibase',
      version: '1',
      appliedCount: 1,
      failed: '2',
    })
  })
})
