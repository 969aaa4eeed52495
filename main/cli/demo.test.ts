import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { AppError, methods, type Comparison } from '../../preload/contract/index.ts'
import { exitCodeOfDemo } from './commands/demo.ts'
import { runDemo, type Sample } from './demo.ts'
import { Session } from './session.ts'
import { FakeApplication, jobOf, succeeded, type Answers } from './testing/fake-application.ts'
import { collector } from './testing/run-command.ts'
import { jobId, sampleBackup, samplePlan, sampleReport, sampleRestore } from './testing/samples.ts'

const passphraseBefore = process.env['HOLDFAST_VAULT_PASSPHRASE_FILE']
afterEach(() => {
  if (passphraseBefore === undefined) delete process.env['HOLDFAST_VAULT_PASSPHRASE_FILE']
  else process.env['HOLDFAST_VAULT_PASSPHRASE_FILE'] = passphraseBefore
})

const comparison = (equal: boolean): Comparison => ({ equal, objects: [], notCovered: [] })

const kept = { mode: 'swap', retired: 'hf_shop', safetyBackup: sampleBackup().id }

/** Results of the demo's jobs in their order, unless a test changes one. */
function results() {
  return {
    backup: sampleBackup(),
    report: sampleReport('passed'),
    live: comparison(false),
    plan: samplePlan(),
    restore: sampleRestore(),
    restored: comparison(true),
    swapPlan: samplePlan({ mode: 'swap' }),
    swap: sampleRestore('passed', kept),
    swapped: comparison(true),
    undo: sampleRestore('passed', { mode: 'swap', awayMs: 12 }),
    undone: comparison(false),
  }
}

async function demo(changes: Partial<ReturnType<typeof results>> = {}, more: Answers = {}, json = false) {
  const queue: unknown[] = Object.values({ ...results(), ...changes })
  const start = () => ({ jobId })
  const ids = { id: jobId, name: 'x', type: 'local', engine: 'sqlite', environment: 'development' }
  const application = new FakeApplication({
    'connections.add': () => methods['connections.add'].output.parse(ids),
    'destinations.add': () => methods['destinations.add'].output.parse(ids),
    'keys.create': ({ kitDirectory }) => ({ fingerprint: 'hf-1234', kit: JSON.stringify(kitDirectory) }),
    'backups.start': start,
    'backups.validate': start,
    'backups.compare': start,
    'restores.plan': start,
    'restores.apply': start,
    'restores.undo': start,
    'jobs.wait': () => jobOf(succeeded(queue.shift())),
    ...more,
  })
  let live = ''
  const sample: Sample = {
    createSample: (path) => {
      live = path
      writeFileSync(path, 'sample')
    },
    changeSample: (path) => writeFileSync(path, 'changed'),
  }
  const [stdout, stderr] = [collector(), collector()]
  const prompts = { secret: () => Promise.resolve(''), text: () => Promise.resolve('') }
  const io = {
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: {},
    canAsk: false,
    isErrorTerminal: false,
    columns: 80,
    prompts,
  }
  const globals = { json, progress: null, noInput: true, quiet: false, verbose: false }
  const homes: string[] = []
  const session = new Session({
    io,
    globals,
    home: '/nowhere',
    open: (home) => {
      homes.push(home)
      return Promise.resolve(application)
    },
  })
  const run = (keep: boolean) => runDemo(session, sample, keep)
  return { application, run, session, homes, stdout, stderr, live: () => live }
}

describe('the demo', () => {
  it('runs every step in a home of its own, and takes it away', async () => {
    const { run, session, homes, stdout, live, application } = await demo()
    const result = await run(false)
    expect(result.steps).toHaveLength(13)
    expect(result.steps.every(({ outcome }) => outcome === 'passed')).toBe(true)
    expect(result).toMatchObject({ backup: sampleBackup().id, restore: sampleRestore().id })
    expect(exitCodeOfDemo(result)).toBe(0)
    expect(stdout.text()).toContain('Every step passed.')
    expect(homes).toEqual([`${dirname(live())}/home`])
    expect(statSync(process.env['HOLDFAST_VAULT_PASSPHRASE_FILE'] ?? '').mode & 0o777).toBe(0o600)
    expect(application.calls.find(({ method }) => method === 'restores.apply')?.input).toMatchObject({
      confirm: samplePlan().confirm,
    })
    await session.close()
    expect(existsSync(dirname(live()))).toBe(false)
    expect(application.closed).toBe(1)
  })

  it('leaves everything there with --keep', async () => {
    const { run, session, stdout, live } = await demo()
    await run(true)
    await session.close()
    const folder = dirname(live())
    expect(stdout.text()).toContain(`Everything was kept in ${folder}`)
    expect(existsSync(live())).toBe(true)
    rmSync(folder, { recursive: true })
  })

  it('prints nothing on stdout with --json: the document is all', async () => {
    const { run, session, stdout } = await demo({}, {}, true)
    await run(false)
    await session.close()
    expect(stdout.text()).toBe('')
  })

  it.each([
    ['an unencrypted backup', { backup: sampleBackup({ encrypted: false }) }, 4],
    ['a validation that failed', { report: sampleReport('failed') }, 5],
    ['a validation that could not run', { report: sampleReport('could-not-run') }, 5],
    ['a comparison that sees no change', { live: comparison(true) }, 7],
    ['a restore that failed', { restore: sampleRestore('failed') }, 8],
    ['a restored file that differs', { restored: comparison(false) }, 9],
    ['a swap that failed', { swap: sampleRestore('failed', kept) }, 10],
    ['a swap without a safety backup', { swap: sampleRestore('passed', { ...kept, safetyBackup: null }) }, 10],
    ['a swapped database that differs', { swapped: comparison(false) }, 11],
    ['an undo that failed', { undo: sampleRestore('failed') }, 12],
    ['changed rows that did not come back', { undone: comparison(true) }, 13],
  ])('does not pass with %s', async (_what, changes, failing) => {
    const { run, session, stderr, stdout } = await demo(changes)
    const result = await run(false)
    await session.close()
    const outcomes = result.steps.map(({ outcome }) => outcome)
    expect(outcomes.slice(0, failing - 1).every((outcome) => outcome === 'passed')).toBe(true)
    expect(outcomes[failing - 1]).toBe('failed')
    expect(outcomes.slice(failing).every((outcome) => outcome === 'could-not-run')).toBe(true)
    expect(exitCodeOfDemo(result)).toBe(1)
    expect(stderr.text()).toContain('--keep')
    expect(stdout.text()).not.toContain('Every step passed')
  })

  it('ends as cancelled when it is, and still takes its folder away', async () => {
    const cancelled: Answers = {
      'keys.create': () => {
        throw new AppError('CANCELLED', 'Cancelled.')
      },
    }
    const { run, session, live } = await demo({}, cancelled)
    await expect(run(false)).rejects.toMatchObject({ code: 'CANCELLED' })
    await session.close()
    expect(existsSync(dirname(live()))).toBe(false)
  })
})
