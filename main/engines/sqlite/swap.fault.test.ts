import { execFile, spawn } from 'node:child_process'
import { linkSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest'
import { skipOrFail } from '../../../e2e/servers/missing.ts'
import { Secret, type ManagedTarget, type SwapRequest } from '../engine.ts'
import { manifestOf, sourceOf } from '../testing/artifact-source.ts'
import { startTestJob, type TestJob } from '../testing/job-context.ts'
import { identityOf } from './database-file.ts'
import { sqliteEngine } from './sqlite-engine.ts'
import { placesOf } from './swap-files.ts'
import { sqliteSwap } from './swap.ts'
import { contentOf, fileOfBytes, makeDatabase } from './testing/file-dump.ts'

const run = promisify(execFile)
const installation = 'this one'
const program = fileURLToPath(new URL('./testing/swap-files.ts', import.meta.url))
const undo: (() => Promise<unknown>)[] = []
let folder: string
let live: string
let job: TestJob

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-swap-fault-'))
  live = join(folder, 'app.db')
  job = await startTestJob()
})
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step()
  await job.dispose()
  await rm(folder, { recursive: true, force: true })
})

const access = () => ({ profile: { path: live }, secret: Secret.none() })

async function restoreBeside(): Promise<ManagedTarget> {
  const made = join(job.context.runDirectory, 'made.db')
  await rm(made, { force: true })
  makeDatabase(made, { rows: 80, tag: 'new', isWal: true })
  const create = { role: 'beside', runId: job.context.jobId, installation, stem: live, like: null } as const
  const target = await sqliteEngine.targets.create(access(), create, job.context)
  const request = { target, content: 'full', include: [], exclude: [], isDrill: false } as const
  await sqliteEngine.restore(access(), request, sourceOf(fileOfBytes(live, readFileSync(made))), job.context)
  return target
}

async function requestFor(incoming: ManagedTarget): Promise<SwapRequest> {
  const outgoing = { database: live, identity: (await identityOf(live)) ?? '' }
  return { outgoing, incoming, runId: job.context.jobId, installation, disconnectOthers: false }
}

/** Swaps in a process of its own. Kills it `afterMs` after it began; null lets it end. Answers what it was asked, and for how long it ran. */
async function swapAndKill(incoming: ManagedTarget, afterMs: number | null) {
  const order = { live, outgoing: await identityOf(live), incoming, installation }
  const child = spawn(process.execPath, [program, JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const request = JSON.parse(String((await lines.next()).value)) as SwapRequest
  const startedAt = performance.now()
  if (afterMs === null) expect((await lines.next()).value).toBe('done')
  const tookMs = performance.now() - startedAt
  if (afterMs !== null) await sleep(afterMs)
  child.kill('SIGKILL')
  await ended
  return { request, tookMs }
}

describe('a swap of database files', () => {
  it('killed at any moment is settled: one of the two has the name, whole, and nothing else stays', async () => {
    makeDatabase(live, { rows: 50, tag: 'old', isWal: true })
    const { request, tookMs } = await swapAndKill(await restoreBeside(), null)
    expect(await sqliteSwap.settle(access(), request)).toBe('incoming')
    const winners = new Set<string>()
    // Later after each kill that came before the exchange, earlier after each that came behind it: most fall beside it.
    const stepMs = tookMs / 8
    let afterMs = 0
    for (let round = 0; round < 16 || (winners.size < 2 && round < 64); round += 1) {
      for (const name of readdirSync(folder)) await rm(join(folder, name))
      makeDatabase(live, { rows: 50, tag: 'old', isWal: true })
      const { request: killed } = await swapAndKill(await restoreBeside(), afterMs)
      const winner = await sqliteSwap.settle(access(), killed)
      winners.add(winner)
      afterMs = winner === 'outgoing' ? afterMs + stepMs : Math.max(0, afterMs - stepMs)
      const [kept, ...others] = await sqliteEngine.targets.list(access(), installation)
      expect(others).toEqual([])
      const [here, there] = winner === 'outgoing' ? ['old', 'new'] : ['new', 'old']
      expect(kept?.role).toBe(winner === 'outgoing' ? 'beside' : 'retired')
      expect(contentOf(live)).toMatchObject({ tag: here, check: 'ok' })
      expect(contentOf(kept?.database ?? '')).toMatchObject({ tag: there, check: 'ok' })
      const names = readdirSync(folder)
      expect(names).toHaveLength(2)
      for (const name of names) expect(statSync(join(folder, name)).nlink).toBe(1)
    }
    expect([...winners].toSorted()).toEqual(['incoming', 'outgoing'])
  })

  it('is refused for a file that is mounted, and the file stays as it is', async (context) => {
    makeDatabase(live, { rows: 50, tag: 'old' })
    writeFileSync(join(folder, 'inside.db'), readFileSync(live))
    await mount(context, live, '--bind', join(folder, 'inside.db'))
    const plan = await planOf('swap')
    expect(plan.blockers.map(({ code }) => code)).toEqual(['UNSUPPORTED'])
    expect((await planOf('in-place')).blockers).toEqual([])
    const request = await requestFor(await restoreBeside())
    await expect(sqliteSwap.swap(access(), request, job.context)).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    expect(await sqliteSwap.settle(access(), request)).toBe('outgoing')
    expect(contentOf(live)).toMatchObject({ tag: 'old', rows: 50 })
    expect((await sqliteEngine.targets.list(access(), installation)).map(({ role }) => role)).toEqual(['beside'])
  })

  it.for(['swap', 'in-place'] as const)(
    'on a drive that is mounted read-only is planned as blocked (%s)',
    async (mode, context) => {
      const drive = join(folder, 'drive')
      await mkdir(drive)
      await mount(context, drive, '-t', 'tmpfs', '-o', 'size=4m', 'tmpfs')
      live = join(drive, 'app.db')
      makeDatabase(live, { rows: 50, tag: 'old' })
      await run('mount', ['-o', 'remount,ro', drive])
      const plan = await planOf(mode)
      expect(plan.blockers.map(({ code }) => code)).toEqual(['PERMISSION_DENIED', 'PERMISSION_DENIED'])
      expect(plan.current?.find(({ displayName }) => displayName === 't')?.rows).toBe(50)
    },
  )
})

describe('settling a swap that was interrupted', () => {
  it.each([
    { name: 'before anything', break: () => undefined, winner: 'outgoing' },
    {
      name: 'after the old file got its second name',
      break: (names: Names) => linkSync(live, names.retired),
      winner: 'outgoing',
    },
    {
      name: 'after the rename',
      break: (names: Names) => {
        linkSync(live, names.retired)
        renameSync(names.incoming, live)
      },
      winner: 'incoming',
    },
    {
      name: 'while it was taken back',
      break: (names: Names) => {
        linkSync(live, names.retired)
        renameSync(names.incoming, live)
        linkSync(live, names.incoming)
      },
      winner: 'incoming',
    },
    {
      name: 'after it was taken back',
      break: (names: Names) => {
        linkSync(live, names.retired)
        renameSync(names.incoming, live)
        linkSync(live, names.incoming)
        renameSync(names.retired, live)
      },
      winner: 'outgoing',
    },
  ])('$name: $winner has the name, and each file one name', async ({ break: breakOff, winner }) => {
    makeDatabase(live, { rows: 50, tag: 'old' })
    const request = await requestFor(await restoreBeside())
    const places = await placesOf(request)
    breakOff(places)
    for (let time = 0; time < 2; time += 1) expect(await sqliteSwap.settle(access(), request)).toBe(winner)
    const listed = await sqliteEngine.targets.list(access(), installation)
    expect(contentOf(live)).toMatchObject({ tag: winner === 'outgoing' ? 'old' : 'new', check: 'ok' })
    expect(listed).toHaveLength(1)
    expect(listed[0]?.role).toBe(winner === 'outgoing' ? 'beside' : 'retired')
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).nlink).toBe(1)
    if (winner === 'outgoing') {
      await sqliteSwap.swap(access(), request, job.context)
      expect(contentOf(live)).toMatchObject({ tag: 'new', rows: 80 })
    }
  })

  it('tells that neither has the name, and touches nothing', async () => {
    makeDatabase(live, { rows: 50, tag: 'old' })
    const request = await requestFor(await restoreBeside())
    renameSync(live, join(folder, 'aside.db'))
    writeFileSync(live, 'somebody else')
    const names = readdirSync(folder)
    await expect(sqliteSwap.settle(access(), request)).rejects.toMatchObject({ code: 'TARGET_CHANGED' })
    expect(readdirSync(folder)).toEqual(names)
  })
})

interface Names {
  readonly incoming: string
  readonly retired: string
}

describe('a process that was killed while it wrote', () => {
  it('leaves nothing half-written once its sessions are ended', async () => {
    makeDatabase(live, { rows: 100, tag: 'old' })
    const script = `const D = require('better-sqlite3'); const d = new D(process.argv[1]); d.pragma('cache_size = 1');
      d.exec("BEGIN; UPDATE t SET v = hex(randomblob(3000))"); process.kill(process.pid, 'SIGKILL')`
    const here = fileURLToPath(new URL('.', import.meta.url))
    await expect(run(process.execPath, ['-e', script, live], { cwd: here })).rejects.toMatchObject({
      signal: 'SIGKILL',
    })
    expect((await planOf('in-place')).blockers.map(({ code }) => code)).toEqual(['DATABASE_BUSY'])
    expect(await sqliteEngine.targets.endSessions(access(), job.context.jobId)).toBe(0)
    expect(readdirSync(folder)).toEqual(['app.db'])
    expect((await planOf('in-place')).blockers).toEqual([])
    expect(contentOf(live)).toEqual({ tag: 'old', rows: 100, check: 'ok' })
  })
})

function planOf(mode: 'swap' | 'in-place') {
  const dump = fileOfBytes(live, Buffer.alloc(8_192))
  const whole = { content: 'full', include: [], exclude: [], isDrill: false, rows: null, archive: [] } as const
  const request = { database: live, mode, disconnectOthers: false, ...whole }
  return sqliteEngine.planRestore(access(), request, manifestOf(dump), null, job.context.signal)
}

async function mount(context: TestContext, path: string, ...options: string[]): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) skipOrFail(context, 'mounting needs root on Linux')
  try {
    await run('mount', [...options, path])
  } catch (error) {
    skipOrFail(context, `nothing can be mounted: ${String(error)}`)
  }
  undo.push(() => run('umount', ['-l', path]))
}
