import { describe, expect, it } from 'vitest'
import { ConnectionId, type StatusReport } from '../../../preload/contract/index.ts'
import { protectionSentence, worstOf } from './protection.ts'

const [one, two] = ['01ARZ3NDEKTSV4RRFFQ69G5FAV', '01ARZ3NDEKTSV4RRFFQ69G5FAW'].map((id) => ConnectionId.parse(id)) as [
  ConnectionId,
  ConnectionId,
]
type State = StatusReport['databases'][number]['state']

function status(...databases: readonly (readonly [ConnectionId, string, State])[]): StatusReport {
  return {
    sentence: '',
    level: 'ok',
    databases: databases.map(([connectionId, database, state]) => ({
      connection: 'c',
      database,
      state,
      lastGoodAt: null,
      lastProvenAt: null,
      goalHours: 24,
      sentence: '',
      connectionId,
      engine: 'postgresql',
      environment: 'production',
      lastGood: null,
      lastProven: null,
      lastState: null,
      artifactBytes: null,
      restoreSeconds: null,
      days: [],
    })),
    attention: [],
    backups: 0,
    storedBytes: 0,
  }
}

describe('how well a connection is protected', () => {
  it('is as bad as its worst database', () => {
    const report = status(
      [one, 'a', 'protected'],
      [one, 'b', 'overdue'],
      [one, 'c', 'warning'],
      [two, 'd', 'protected'],
    )
    expect(worstOf(report, one)?.database).toBe('b')
    expect(worstOf(report, two)?.database).toBe('d')
    expect(worstOf(status(), one)).toBeNull()
  })

  it('is said of all in one sentence', () => {
    const report = status([one, 'a', 'protected'], [two, 'b', 'not-yet'])
    expect(protectionSentence(report, [one, two])).toBe('1 of 2 connections is protected.')
    expect(protectionSentence(report, [one])).toBe('It is protected.')
    expect(protectionSentence(report, [two])).toBe('It is not protected.')
    expect(protectionSentence(status([one, 'a', 'protected'], [two, 'b', 'protected']), [one, two])).toBe(
      'All 2 connections are protected.',
    )
    expect(protectionSentence(undefined, [one, two])).toBe('2 connections.')
  })
})
