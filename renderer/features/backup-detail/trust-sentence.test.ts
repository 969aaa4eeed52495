import { describe, expect, it } from 'vitest'
import type { BackupDetail } from '../../../preload/contract/index.ts'
import { trustOf } from './trust-sentence.ts'

const now = Date.parse('2026-11-21T12:00:00.000Z')
const table = { name: 'orders', kind: 'table', rows: 3, fingerprint: null } as const
const passed: BackupDetail['validations'][number] = {
  level: 'checksum',
  outcome: 'passed',
  finishedAt: '2026-11-21T10:00:00.000Z',
  checks: [],
}
const base: Parameters<typeof trustOf>[0] = {
  state: 'complete',
  badge: 'none',
  copies: [{ destination: 'NAS', location: '/nas/a', state: 'stored' }],
  validations: [],
  objects: [table, { ...table, name: 'v', kind: 'view' }],
  needsKey: null,
}
const said = (change: Partial<BackupDetail>) => trustOf({ ...base, ...change }, now)

describe('the sentence about trust', () => {
  it('says proven only for a restore test', () => {
    const test = { ...passed, level: 'restore', finishedAt: '2026-11-21T06:00:00.000Z' } satisfies typeof passed
    expect(said({ badge: 'proven', validations: [test, passed] })).toEqual({
      tone: 'proven',
      sentence: 'Proven 6 h ago: restored, 1 table equal.',
    })
    expect(said({ badge: 'checked', validations: [passed] }).sentence).toBe(
      'Checked 2 h ago: intact, not yet proven by a restore test.',
    )
  })

  it('never calls good what is not', () => {
    expect(said({ state: 'failed', badge: 'none' }).tone).toBe('bad')
    expect(said({ badge: 'failed', validations: [{ ...passed, outcome: 'failed' }] })).toEqual({
      tone: 'bad',
      sentence: 'A check failed 2 h ago.',
    })
    const missing = [{ destination: 'NAS', location: '/nas/a', state: 'missing' as const }]
    expect(said({ badge: 'proven', copies: missing }).sentence).toBe('No good copy of this backup is left.')
    expect(said({ copies: [] }).tone).toBe('bad')
    expect(said({}).tone).toBe('none')
  })
})
