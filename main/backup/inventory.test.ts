import { describe, expect, it } from 'vitest'
import type { ArchiveContents } from '../../preload/contract/index.ts'
import { checkInventory } from './inventory.ts'

const contents: ArchiveContents = {
  format: 'test',
  notCovered: [],
  objects: [
    {
      kind: 'table',
      schema: 'app',
      name: 'orders',
      displayName: 'app.orders',
      subtype: 'TABLE',
      columns: ['id'],
      rows: 3,
      fingerprint: null,
      definition: null,
      owner: null,
      privileges: null,
      partOf: null,
      value: null,
    },
  ],
}

describe('checkInventory', () => {
  it('is silent when all is there', () => {
    expect(checkInventory(contents, [{ kind: 'table', displayName: 'app.orders', hasRows: true }], true)).toEqual([])
  })

  it('fails by name when the rows of a table are missing', () => {
    const inventory = [{ kind: 'table', displayName: 'app.secret', hasRows: true } as const]
    expect(() => checkInventory(contents, inventory, true)).toThrow(/app\.secret/)
  })

  it('expects no rows of a schema-only dump, but warns of the missing table', () => {
    const inventory = [{ kind: 'table', displayName: 'app.secret', hasRows: true } as const]
    expect(checkInventory(contents, inventory, false)).toMatchObject([{ code: 'MISSING_FROM_DUMP' }])
  })

  it('does not take a view of the same name for the table', () => {
    const inventory = [{ kind: 'view', displayName: 'app.orders', hasRows: false } as const]
    expect(checkInventory(contents, inventory, true)).toMatchObject([{ code: 'MISSING_FROM_DUMP' }])
  })
})
