import { describe, expect, it } from 'vitest'
import { jobStallMs, streamStallMs } from './stall.ts'

describe('the time after which work counts as stalled', () => {
  it('is ten minutes for a stream and hours for a job', () => {
    expect([streamStallMs({}), jobStallMs({})]).toEqual([600_000, 21_600_000])
  })

  it('can be set, and the stream speaks first', () => {
    const env = { HOLDFAST_STALL_SECONDS: '2' }
    expect([streamStallMs(env), jobStallMs(env)]).toEqual([2_000, 6_000])
  })

  it.each(['', '0', '-5', 'soon', 'Infinity'])('stays as it is where "%s" is set', (value) => {
    expect(streamStallMs({ HOLDFAST_STALL_SECONDS: value })).toBe(600_000)
  })
})
