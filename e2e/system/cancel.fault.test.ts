import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { scaled } from '../scale.ts'
import { envelopeOf, useSandbox, type Running, type Sandbox } from './harness.ts'
import { completeBackups, jobIdOf, jobOf, startRestore, validate, withProgress } from './kill-rounds.ts'
import { leftoversOf, unpairedIn } from './leftovers.ts'
import { usePostgresSource, useSqlite, type Source } from './sources.ts'

/** From the signal to the end of the command. */
const limitMs = 2_000

type Work = 'backup' | 'validate' | 'restore'

/** Those with `true` are tried in every run, the others in long ones. */
const allStages: Readonly<Record<Source['engine'], readonly (readonly [Work, string, boolean])[]>> = {
  sqlite: [
    ['backup', 'prepare', false],
    ['backup', 'dump', true],
    ['backup', 'inspect', false],
    ['backup', 'check', true],
    ['validate', 'decode', false],
    ['validate', 'restore', true],
    ['restore', 'check', false],
    ['restore', 'decode', false],
    ['restore', 'restore', true],
    ['restore', 'publish', false],
  ],
  postgresql: [
    ['backup', 'dump', true],
    ['backup', 'manifest', false],
    ['backup', 'decode', false],
    ['validate', 'restore', false],
    ['validate', 'compare', true],
    ['restore', 'decode', false],
    ['restore', 'restore', true],
    ['restore', 'compare', true],
  ],
}
const isLong = scaled({ usually: 0, long: 1 }) === 1
const stagesOf = (engine: Source['engine']) => allStages[engine].filter(([, , isUsual]) => isUsual || isLong)

const postgres = { title: 'PostgreSQL', use: () => usePostgresSource().source }
const sqlite = { title: 'SQLite', use: useSqlite }

describe.each([
  { engine: 'sqlite', ...sqlite },
  { engine: 'postgresql', ...postgres },
] as const)('cancel, $title', ({ engine, use }) => {
  const source = use()
  const sandbox = useSandbox()
  let number = 0

  beforeAll(async () => {
    await source().prepare(sandbox())
    await sandbox().data(['backup', 'main'])
  })

  it.each(stagesOf(engine))(
    '%s at the stage %s: exit 130 within two seconds, and nothing is left',
    async (work, stage) => {
      number += 1
      const name = `cancelled_${String(number)}`
      const before = await completeBackups(sandbox())
      const running = await begin(sandbox(), source(), work, name)
      expect(await running.stage(stage), running.stderr()).toBe(true)
      const tookMs = await interrupt(running)
      const ended = await running.ended
      const { status } = await jobOf(sandbox(), jobIdOf(running))
      expect(await leftoversOf(sandbox(), source(), [jobIdOf(running)])).toEqual([])
      expect(await unpairedIn(sandbox().path('disk'))).toEqual([])
      const after = await completeBackups(sandbox())
      const isThere = await source().exists(sandbox(), name)
      if (isThere) await source().remove(sandbox(), name)
      if (ended.exitCode === 0) {
        // The signal came when all was done already.
        expect(status.state).toBe('succeeded')
        expect(isThere).toBe(work === 'restore')
        return
      }
      expect([ended.exitCode, status.state], ended.stdout + ended.stderr).toEqual([130, 'cancelled'])
      expect(envelopeOf(ended)).toMatchObject({ ok: false, error: { code: 'CANCELLED' } })
      expect(tookMs).toBeLessThan(limitMs)
      expect(isThere).toBe(false)
      // While the copies are checked the backup is complete already, and stays.
      const added = after.filter(({ id }) => !before.some((known) => known.id === id))
      expect(added.length).toBeLessThanOrEqual(stage === 'check' || stage === 'decode' || stage === 'manifest' ? 1 : 0)
      for (const { id } of added) expect(await validate(sandbox(), id, 'decode')).toBe('passed')
    },
  )

  it('a second interrupt leaves at once, and the next start sweeps', async () => {
    const running = await begin(sandbox(), source(), 'backup', '')
    expect(await running.stage('dump'), running.stderr()).toBe(true)
    running.signal('SIGINT')
    await running.said('Cancelling')
    const tookMs = await interrupt(running)
    expect((await running.ended).exitCode).toBe(130)
    expect(tookMs).toBeLessThan(1_000)
    await sandbox().data(['doctor'], [0, 1])
    const { status } = await jobOf(sandbox(), jobIdOf(running))
    expect(['cancelled', 'failed']).toContain(status.state)
    expect(await leftoversOf(sandbox(), source(), [jobIdOf(running)])).toEqual([])
  })

  it('is asked for by another process', async () => {
    const before = await completeBackups(sandbox())
    const running = await begin(sandbox(), source(), 'backup', '')
    await running.said('"state":"running"')
    const jobId = jobIdOf(running)
    await sandbox().data(['jobs', 'cancel', jobId])
    const askedAt = performance.now()
    const ended = await running.ended
    expect(performance.now() - askedAt).toBeLessThan(limitMs)
    expect(ended.exitCode, ended.stdout).toBe(130)
    expect((await jobOf(sandbox(), jobId)).status.state).toBe('cancelled')
    expect(await leftoversOf(sandbox(), source(), [jobId])).toEqual([])
    expect(await completeBackups(sandbox())).toEqual(before)
    expect(await sandbox().data(['audit', 'verify'])).toMatchObject({ valid: true })
  })
})

async function begin(sandbox: Sandbox, source: Source, work: Work, name: string): Promise<Running> {
  switch (work) {
    case 'backup':
      return sandbox.start(withProgress(['backup', 'main']))
    case 'validate':
      return sandbox.start(withProgress(['validate', 'latest', '--connection', 'main', '--level', 'restore']))
    case 'restore':
      return await startRestore(sandbox, source, name)
  }
}

/** A little after the stage began. Answers how long the command still took. */
async function interrupt(running: Running): Promise<number> {
  await sleep(Math.random() * 30)
  const startedAt = performance.now()
  running.signal('SIGINT')
  await running.ended
  return performance.now() - startedAt
}
