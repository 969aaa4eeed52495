import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RestoreSummary } from '../../preload/contract/index.ts'
import { scaled } from '../scale.ts'
import { useSandbox } from '../system/harness.ts'
import { jobIdOf, withProgress } from '../system/kill-rounds.ts'
import { filesLeft } from '../system/leftovers.ts'
import { useRestoreScene, type Scene } from './scene.ts'
import { killOne, type Victim } from './victims.ts'

const victims: readonly Victim[] = ['command', 'command and job', 'job', 'tool']

interface Round {
  readonly number: number
  readonly work: 'apply' | 'undo'
  readonly victim: Victim
  /** Killed when the swap has just begun, instead of at any moment. */
  readonly isAtSwap: boolean
}

const rounds: readonly Round[] = Array.from({ length: scaled({ usually: 6, long: 50 }) }, (_, number) => ({
  number,
  work: number % 3 === 2 ? 'undo' : 'apply',
  victim: victims[number % victims.length] ?? 'command',
  isAtSwap: number % 2 === 1,
}))

describe.each(['postgresql', 'sqlite'] as const)('kill -9 at random moments of a swap, %s', (engine) => {
  const sandbox = useSandbox()
  const scene = useRestoreScene(engine, sandbox)
  const ran = () => (existsSync(sandbox().path('always')) ? readFileSync(sandbox().path('always'), 'utf8').length : 0)
  const tookMs = { apply: 0, undo: 0 }

  beforeAll(async () => {
    const always = { name: 'always', on: 'restore', phase: 'after-always' }
    const argv = ['/bin/sh', '-c', `printf x >> '${sandbox().path('always')}'`]
    writeFileSync(sandbox().path('hooks.json'), JSON.stringify([{ ...always, action: { kind: 'command', argv } }]))
    await sandbox().data(['connection', 'edit', 'main', '--hooks', 'hooks.json'])
    await scene().mark('the backup')
    await sandbox().data(['backup', 'main'])
    await scene().mark('undisturbed')
    await scene().plan('swap', '--no-safety-backup', '--reason', 'a test of something else')
    let startedAt = performance.now()
    await scene().apply()
    tookMs.apply = performance.now() - startedAt
    startedAt = performance.now()
    await sandbox().data(['restore', 'undo', await newest(scene()), '--confirm', scene().confirm])
    tookMs.undo = performance.now() - startedAt
    await finishAll(scene())
  })

  it.each(rounds)('$work, killed: $victim, at the swap: $isAtSwap (round $number)', async (round) => {
    const { work, victim, isAtSwap } = round
    const here = scene()
    const original = `original ${String(round.number)}`
    await here.mark(original)
    await here.plan('swap', '--no-safety-backup', '--reason', 'a test of something else')
    if (work === 'undo') await here.apply()
    const hooksBefore = ran()
    const known = work === 'apply' ? await newest(here) : ''
    const running =
      work === 'apply'
        ? sandbox().start(withProgress(['restore', 'apply', 'plan.json', '--confirm', here.confirm]))
        : sandbox().start(withProgress(['restore', 'undo', await newest(here), '--confirm', here.confirm]))
    expect(await running.said('"state":"running"'), running.stderr()).toBe(true)
    const jobId = jobIdOf(running)
    const hasSwap = isAtSwap && (await running.stage('swap'))
    const delayMs = Math.random() * (hasSwap ? 60 : tookMs[work])
    const story = `${JSON.stringify(round)} after ${delayMs.toFixed(0)} ms`
    await sleep(delayMs)
    await killOne(sandbox(), victim, running, jobId)
    const ended = await running.ended

    // One start of Holdfast, whatever it is started for.
    const next = await sandbox().run(['restore', 'list', '--json'])
    expect(next.exitCode, story + next.stderr).toBe(0)
    const [restore] = await sandbox().data<readonly RestoreSummary[]>(['restore', 'list'])
    const mark = await here.readMark()
    const told = `${story}\n${mark}\n${JSON.stringify(restore)}\n${next.stderr}\n${ended.stdout}\n${ended.stderr}`
    expect([original, 'the backup'], told).toContain(mark)
    const isRestored = mark === 'the backup'
    // Killed before it wrote down that it began, it has begun nothing.
    const hasBegun = restore !== undefined && restore.id !== known
    if (hasBegun) expect(restore.state, told).toBe(stateWanted(work, isRestored))
    else expect(isRestored, told).toBe(false)
    expect(await here.isOpenToOthers(), told).toBe(true)
    // A job that was killed before it noted its hooks had done nothing yet.
    const isDone = isRestored === (work === 'apply')
    if (isDone || hasSwap) expect(ran(), told).toBeGreaterThan(hooksBefore)
    await sandbox().data(['doctor'], [0, 1])
    const kept = restore?.retired === null || restore?.retired === undefined ? [] : [restore.retired]
    expect(await here.madeByHoldfast(), told).toEqual(kept)
    expect(
      (await filesLeft(sandbox())).filter((file) => !kept.some((path) => path.endsWith(file.slice(5)))),
      told,
    ).toEqual([])
    await finishAll(here)
    expect(await here.madeByHoldfast(), told).toEqual([])
  })

  it('leaves an audit log whose chain holds', async () => {
    expect(await sandbox().data(['audit', 'verify'])).toMatchObject({ valid: true })
  })

  async function newest(here: Scene): Promise<string> {
    const [restore] = await here.restores()
    return restore?.id ?? ''
  }

  async function finishAll(here: Scene): Promise<void> {
    for (const { id, retired } of await here.restores()) {
      if (retired !== null) await sandbox().data(['restore', 'finish', id, '--confirm', here.confirm])
    }
  }
})

function stateWanted(work: Round['work'], isRestored: boolean): RestoreSummary['state'] {
  if (isRestored) return 'applied'
  return work === 'undo' ? 'undone' : 'failed'
}
