import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import { postgresTargets } from './managed-targets.ts'
import { postgresSwap } from './swap.ts'
import {
  installation,
  newJob,
  originOf,
  quoted,
  setScene,
  sitIn,
  stateOf,
  type SwapScene,
} from './testing/swap-scene.ts'
import { retiredMarkerText, targetName } from './target-names.ts'

const cluster = usePostgres({ version: 15 })

const settle = ({ access, request }: SwapScene) => postgresSwap.settle(access, request)

/** Who is open: `live`, `beside`. */
async function openOf({ server, live, beside }: SwapScene): Promise<string> {
  const names = `CASE oid WHEN ${live.identity} THEN 'live' WHEN ${beside.identity} THEN 'beside' END`
  return server.sql(
    `SELECT ${names} FROM pg_database WHERE oid IN (${live.identity}, ${beside.identity}) AND datallowconn`,
  )
}

const closed = (name: string) => `ALTER DATABASE ${quoted(name)} ALLOW_CONNECTIONS false;`

/** The one transaction of a swap, done by hand as far as `until`. */
function renames({ live, beside, job }: SwapScene): readonly string[] {
  const retired = targetName(job.context.jobId, `old_${live.database}`)
  const marker = retiredMarkerText(installation, job.context.jobId, 'its comment')
  return [
    `ALTER DATABASE ${quoted(live.database)} RENAME TO ${quoted(retired)};`,
    `ALTER DATABASE ${quoted(beside.database)} RENAME TO ${quoted(live.database)};`,
    `COMMENT ON DATABASE ${quoted(retired)} IS '${marker}';`,
    `COMMENT ON DATABASE ${quoted(live.database)} IS 'its comment';`,
    `ALTER DATABASE ${quoted(live.database)} ALLOW_CONNECTIONS true;`,
  ]
}

describe('after a crash', () => {
  it.each([
    ['before anything was closed', () => []],
    ['after the new one was closed', ({ beside }: SwapScene) => [closed(beside.database)]],
    ['after both were closed', ({ live, beside }: SwapScene) => [closed(beside.database), closed(live.database)]],
    ['after the old one alone was closed', ({ live }: SwapScene) => [closed(live.database)]],
  ] as const)('%s the original is open under its name, also the second time', async (when, steps) => {
    const server = cluster()
    const scene = await setScene(server, `early ${when.slice(-30)}`)
    for (const step of steps(scene)) await server.sql(step)
    expect(await settle(scene)).toBe('outgoing')
    expect(await openOf(scene)).toBe('live')
    expect(await originOf(server, scene.live.database)).toBe('live')
    const state = await stateOf(scene)
    expect(await settle(scene)).toBe('outgoing')
    expect(await stateOf(scene)).toBe(state)
    // And what it left can be swapped, or dropped.
    await postgresSwap.swap(scene.access, scene.request, scene.job.context)
    expect(await originOf(server, scene.live.database)).toBe('beside')
  })

  it.each([
    ['after the commit', 5],
    ['after a commit that left the new one closed', 4],
  ])('%s the restored one is open, the old one closed and found', async (when, count) => {
    const server = cluster()
    const scene = await setScene(server, `late ${String(count)}`)
    await server.sql(`${closed(scene.beside.database)} ${closed(scene.live.database)}`)
    await server.sql(`BEGIN; ${renames(scene).slice(0, count).join(' ')} COMMIT`)
    expect(await settle(scene), when).toBe('incoming')
    expect(await openOf(scene)).toBe('beside')
    expect(await originOf(server, scene.live.database)).toBe('beside')
    const state = await stateOf(scene)
    expect(await settle(scene)).toBe('incoming')
    expect(await stateOf(scene)).toBe(state)
    const listed = await postgresTargets.list(scene.access, installation)
    expect(listed.find(({ identity }) => identity === scene.live.identity)).toMatchObject({
      role: 'retired',
      runId: scene.job.context.jobId,
    })
  })

  it('with the transaction open in a session that still lives, that is ended first', async () => {
    const server = cluster()
    const scene = await setScene(server, 'dangling')
    await server.sql(`${closed(scene.beside.database)} ${closed('dangling')}`)
    const zombie = await sitIn(server, 'postgres', { application: `holdfast/${scene.job.context.jobId}` })
    await zombie.query(`SELECT pg_advisory_lock(hashtextextended('holdfast:target:${scene.live.identity}', 0))`)
    await zombie.query('BEGIN')
    for (const step of renames(scene)) await zombie.query(step)
    expect(await settle(scene)).toBe('outgoing')
    expect(await openOf(scene)).toBe('live')
    await expect(zombie.query('COMMIT')).rejects.toThrow(/./)
    expect(await originOf(server, 'dangling')).toBe('live')
  })

  it('of an undo, the retired database is closed again or open under its name', async () => {
    const server = cluster()
    const scene = await setScene(server, 'undone')
    const { retired } = await postgresSwap.swap(scene.access, scene.request, scene.job.context)
    const job = await newJob()
    const request = {
      ...scene.request,
      outgoing: { database: 'undone', identity: scene.beside.identity },
      incoming: retired,
      runId: job.context.jobId,
    }
    await server.sql(closed('undone'))
    expect(await postgresSwap.settle(scene.access, request)).toBe('outgoing')
    expect(await openOf(scene)).toBe('beside')
    await server.sql(`ALTER DATABASE ${quoted(retired.database)} ALLOW_CONNECTIONS true`)
    expect(await postgresSwap.settle(scene.access, request)).toBe('outgoing')
    expect(await openOf(scene)).toBe('beside')
    await postgresSwap.swap(scene.access, request, job.context)
    expect(await postgresSwap.settle(scene.access, request)).toBe('incoming')
    expect(await openOf(scene)).toBe('live')
    expect(await originOf(server, 'undone')).toBe('live')
  })

  it('with the retired one opened by somebody, who is shown out; what is not ours is left alone', async () => {
    const server = cluster()
    const scene = await setScene(server, 'reopened')
    const { retired } = await postgresSwap.swap(scene.access, scene.request, scene.job.context)
    await server.sql(`ALTER DATABASE ${quoted(retired.database)} ALLOW_CONNECTIONS true`)
    await sitIn(server, retired.database)
    expect(await settle(scene)).toBe('incoming')
    expect(await openOf(scene)).toBe('beside')
    await server.sql(
      `ALTER DATABASE ${quoted(retired.database)} RENAME TO "saved by hand"; COMMENT ON DATABASE "saved by hand" IS NULL;
       ALTER DATABASE "saved by hand" ALLOW_CONNECTIONS true`,
    )
    expect(await settle(scene)).toBe('incoming')
    expect(await originOf(server, 'saved by hand')).toBe('live')
    await server.sql('DROP DATABASE "saved by hand"')
    expect(await settle(scene)).toBe('incoming')
  })

  it('where a third database has the name it says so, and the original is open whatever it is called', async () => {
    const server = cluster()
    const scene = await setScene(server, 'third')
    await server.sql(`${closed('third')} ALTER DATABASE third RENAME TO "third, moved"; CREATE DATABASE third`)
    await expect(settle(scene)).rejects.toMatchObject({ code: 'TARGET_CHANGED' })
    expect(await originOf(server, 'third, moved')).toBe('live')
  })

  it('a run that is still at work is not disturbed', async () => {
    const server = cluster()
    const scene = await setScene(server, 'working')
    const holder = await sitIn(server, 'postgres', { application: 'holdfast/ANOTHER' })
    await holder.query(`SELECT pg_advisory_lock(hashtextextended('holdfast:target:${scene.live.identity}', 0))`)
    await server.sql(closed('working'))
    const settling = settle(scene)
    await sleep(1_000)
    expect(await openOf(scene)).toBe('beside')
    await holder.query(`SELECT pg_advisory_unlock_all()`)
    expect(await settling).toBe('outgoing')
    expect(await openOf(scene)).toBe('live')
  })
})

describe('a swap whose session is killed', () => {
  it('at any moment ends with one of the two open under the name, thirty times', { timeout: 120_000 }, async () => {
    const server = cluster()
    const scene = await setScene(server, 'killed')
    let [outgoing, incoming] = [scene.live, scene.beside]
    const killer = await sitIn(server, 'postgres')
    let swapped = 0
    for (let round = 0; round < 30; round += 1) {
      const job = await newJob()
      const request = { ...scene.request, outgoing, incoming, runId: job.context.jobId }
      const swap = postgresSwap.swap(scene.access, request, job.context).then(
        ({ retired }) => retired,
        () => null,
      )
      await sleep(round * 4)
      await killer.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [
        `holdfast/${job.context.jobId}`,
      ])
      const retired = await swap
      const winner = await postgresSwap.settle(scene.access, request)
      expect(winner).toBe(retired === null ? 'outgoing' : 'incoming')
      const origin = await originOf(server, 'killed')
      const now = winner === 'outgoing' ? outgoing.identity : incoming.identity
      expect(origin).toBe(now === scene.live.identity ? 'live' : 'beside')
      expect(await openOf(scene)).toBe(origin)
      if (retired === null) continue
      swapped += 1
      outgoing = { database: 'killed', identity: incoming.identity }
      incoming = retired
    }
    expect(swapped).toBeGreaterThan(0)
    expect(swapped).toBeLessThan(30)
  })
})
