import { describe, expect, it } from 'vitest'
import { BackupId } from '../../preload/contract/index.ts'
import { assertSafety, checkPlan, sealPlan, type UnsealedPlan } from './plan-document.ts'

const plan: UnsealedPlan = {
  format: 1,
  backup: BackupId.parse('01JD0000000000000000000000'),
  mode: 'new',
  content: 'full',
  include: [],
  exclude: [],
  createdAt: '2026-01-02T03:04:05.000Z',
  confirm: 'shop_restored',
  target: {
    connection: 'shop',
    server: '127.0.0.1:5432',
    database: 'shop_restored',
    exists: false,
    environment: 'development',
    systemIdentifier: '7',
    databaseIdentity: null,
    structure: null,
  },
  changes: [
    {
      object: 'public.orders',
      kind: 'table',
      action: 'create',
      rowsNow: null,
      isEstimate: false,
      rowsAfter: 3,
      structure: null,
    },
  ],
  losses: [],
  blockers: [],
  warnings: [],
  commands: ['pg_restore …'],
  rows: null,
  disconnectOthers: false,
  safetyBackup: { taken: false, reason: null },
  keepHours: 24,
  space: null,
  forecastSeconds: null,
  newerBackups: [],
  hooks: [],
}

describe('plan document', () => {
  it('accepts what it sealed, also with its keys in another order', () => {
    const sealed = sealPlan(plan)
    const shuffled: unknown = Object.fromEntries(Object.entries(sealed).reverse())
    expect(checkPlan(JSON.parse(JSON.stringify(shuffled)))).toEqual(sealed)
  })

  it.each([
    ['the target', { target: { ...plan.target, database: 'production' } }],
    ['a blocker', { blockers: [{ code: 'X', message: 'x', remedy: 'y' }] }],
    ['the word to type', { confirm: 'x' }],
    ['the number of workers', { jobs: 8 }],
  ])('refuses a plan in which %s was edited', (_what, edit) => {
    expect(() => checkPlan({ ...sealPlan(plan), ...edit })).toThrow(expect.objectContaining({ code: 'PLAN_INVALID' }))
  })

  it('refuses what is no plan at all', () => {
    expect(() => checkPlan({ hello: 'world' })).toThrow(expect.objectContaining({ code: 'PLAN_INVALID' }))
    expect(() => checkPlan(null)).toThrow(expect.objectContaining({ code: 'PLAN_INVALID' }))
  })
})

describe('a plan over a database that is there', () => {
  const over = (mode: 'swap' | 'in-place' | 'new', taken: boolean, reason: string | null) => ({
    mode,
    target: { ...plan.target, exists: true },
    safetyBackup: { taken, reason },
  })

  it.each(['swap', 'in-place'] as const)('needs a safety backup or a reason for none (%s)', (mode) => {
    for (const reason of [null, '', '  \t']) {
      expect(() => assertSafety(over(mode, false, reason))).toThrow(expect.objectContaining({ code: 'PLAN_INVALID' }))
    }
    expect(() => assertSafety(over(mode, true, null))).not.toThrow()
    expect(() => assertSafety(over(mode, false, 'the disk is full'))).not.toThrow()
  })

  it('needs none where nothing is touched', () => {
    expect(() => assertSafety(over('new', false, null))).not.toThrow()
    expect(() => assertSafety({ ...over('swap', false, null), target: plan.target })).not.toThrow()
  })
})
