import { beforeAll, describe, expect, it } from 'vitest'
import { useSandbox } from '../system/harness.ts'
import { withProgress } from '../system/kill-rounds.ts'
import { filesLeft } from '../system/leftovers.ts'
import { useRestoreScene } from './scene.ts'

/** Every stage of an apply over an existing database at which somebody may cancel. */
const stages = {
  swap: ['check', 'safety-backup', 'decode', 'restore', 'compare', 'swap'],
  'in-place': ['check', 'safety-backup', 'decode', 'restore', 'compare'],
} as const
const cells = (['swap', 'in-place'] as const).flatMap((mode) => stages[mode].map((stage) => ({ mode, stage })))

describe.each(['postgresql', 'sqlite'] as const)('cancel over an existing database, %s', (engine) => {
  const sandbox = useSandbox()
  const scene = useRestoreScene(engine, sandbox)
  const cancelled: string[] = []

  beforeAll(async () => {
    await scene().mark('the backup')
    await sandbox().data(['backup', 'main'])
  })

  it.each(cells)(
    '$mode, at the stage $stage: the target is what the list of restores says',
    async ({ mode, stage }) => {
      const here = scene()
      const original = `before ${mode} ${stage}`
      await here.mark(original)
      await here.plan(mode)
      const running = sandbox().start(withProgress(['restore', 'apply', 'plan.json', '--confirm', here.confirm]))
      // Where the job was faster than this, it has ended well: then that is what is looked at.
      await running.stage(stage)
      running.signal('SIGINT')
      const ended = await running.ended
      const [restore] = await here.restores()
      const mark = await here.readMark()
      const told = `${mark}\n${JSON.stringify(restore)}\n${ended.stdout}\n${ended.stderr}`
      expect([0, 130], told).toContain(ended.exitCode)
      if (ended.exitCode === 130) cancelled.push(`${mode} ${stage}`)
      // It may be too late to stop it, but never to say so.
      expect([restore?.state, mark], told).toEqual(mark === original ? ['failed', original] : ['applied', 'the backup'])
      if (ended.exitCode === 0) expect(mark, told).toBe('the backup')
      expect(await here.isOpenToOthers(), told).toBe(true)
      const kept = restore?.retired ?? null
      expect(await here.madeByHoldfast(), told).toEqual(kept === null ? [] : [kept])
      if (kept !== null) await sandbox().data(['restore', 'finish', restore?.id ?? '', '--confirm', here.confirm])
      expect(await filesLeft(sandbox()), told).toEqual([])
      expect(await sandbox().jobProcesses(), told).toEqual([])
    },
  )

  it('was in time at most of them', () => {
    expect(cancelled.length, cancelled.join(', ')).toBeGreaterThan(cells.length / 2)
  })
})
