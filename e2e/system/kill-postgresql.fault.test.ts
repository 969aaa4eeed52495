import { beforeAll, describe, expect, it } from 'vitest'
import { scaled } from '../scale.ts'
import { useSandbox } from './harness.ts'
import { KillRounds, measure, roundsOf } from './kill-rounds.ts'
import { usePostgresSource } from './sources.ts'

describe('kill -9 at random moments, PostgreSQL', () => {
  const { source } = usePostgresSource()
  const sandbox = useSandbox()
  let game: KillRounds

  beforeAll(async () => {
    await source().prepare(sandbox())
    game = new KillRounds(sandbox(), source(), await measure(sandbox(), source()))
  })

  const rounds = roundsOf(scaled({ usually: 6, long: 20 }), ['command', 'command and job', 'job', 'tool'])
  it.each(rounds)('$work, killed: $victim, accompanied: $isAccompanied (round $number)', async (round) => {
    await game.play(round)
  })

  it('leaves an audit log whose chain holds', async () => {
    expect(await sandbox().data(['audit', 'verify'])).toMatchObject({ valid: true })
  })
})
