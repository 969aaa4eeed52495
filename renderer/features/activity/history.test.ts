import { describe, expect, it } from 'vitest'
import type { Job } from '../../../preload/contract/index.ts'
import { checksOf, groupJobs, isShown, mergeJobs, tookMs } from './history.ts'

const startedAt = '2026-11-21T10:00:00.000Z'
const finishedAt = '2026-11-21T10:00:05.000Z'

function job(given: { readonly [key: string]: unknown }): Job {
  return { id: 'j1', kind: 'backup', createdAt: startedAt, revision: 1, status: { state: 'queued' }, ...given } as Job
}

const succeeded = { state: 'succeeded', startedAt, finishedAt }

describe('the history', () => {
  it('holds each job once, with its newest snapshot, newest job first', () => {
    const merged = mergeJobs(
      [job({ revision: 3 }), job({ id: 'j2', createdAt: finishedAt })],
      [job({ revision: 2 }), job({ id: 'j2', createdAt: finishedAt, revision: 2 })],
    )
    expect(merged.map(({ id, revision }) => [id, revision])).toEqual([
      ['j2', 2],
      ['j1', 3],
    ])
  })

  it('tells what waits from what runs and what is over', () => {
    const groups = groupJobs([
      job({ id: 'a' }),
      job({ id: 'b', status: { state: 'waiting', reason: 'lock-held', detail: '' } }),
      job({ id: 'c', status: { state: 'running', startedAt, progress: null, isCancelling: false } }),
      job({ id: 'd', status: succeeded }),
    ])
    expect([groups.waiting.length, groups.running.length, groups.over.length]).toEqual([2, 1, 1])
  })

  it('does not count a validation whose checks failed among what went well', () => {
    const failed = job({ kind: 'validate', status: { ...succeeded, result: { outcome: 'failed' } } })
    expect(checksOf(failed)).toBe('failed')
    expect([isShown(failed, 'succeeded'), isShown(failed, 'failed')]).toEqual([false, true])
    const passed = job({ kind: 'validate', status: { ...succeeded, result: { outcome: 'passed' } } })
    expect(isShown(passed, 'succeeded')).toBe(true)
  })

  it('measures from the start of the work to its end, or to now', () => {
    expect(tookMs(job({}), 0)).toBeNull()
    expect(tookMs(job({ status: succeeded }), 0)).toBe(5_000)
    const running = job({ status: { state: 'running', startedAt, progress: null, isCancelling: false } })
    expect(tookMs(running, Date.parse(startedAt) + 700)).toBe(700)
  })
})
