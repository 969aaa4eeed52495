import { describe, expect, it } from 'vitest'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import type { SwapRequest } from '../engine.ts'
import { postgresTargets } from './managed-targets.ts'
import { postgresSwap } from './swap.ts'
import {
  installation,
  newJob,
  oidOf,
  originOf,
  quoted,
  setScene,
  sitIn,
  startReconnectingPool,
  stateOf,
  type SwapScene,
} from './testing/swap-scene.ts'

const cluster = usePostgres({ version: 15, isLogical: true, maxPreparedTransactions: 5 })

const swap = ({ access, request, job }: SwapScene, changes: Partial<SwapRequest> = {}) =>
  postgresSwap.swap(access, { ...request, ...changes }, job.context)

/** The swap fails with `code`, and both databases are as they were, but that the one beside may be closed. */
async function expectRefusal(scene: SwapScene, code: string, changes: Partial<SwapRequest> = {}): Promise<Error> {
  const before = await stateOf(scene)
  const failed = await swap(scene, changes).then(
    () => null,
    (error: Error) => error,
  )
  expect(failed).toMatchObject({ code })
  const { server, beside } = scene
  const isOpen = await server.sql(`SELECT datallowconn FROM pg_database WHERE oid = ${beside.identity}`)
  if (isOpen === 'f') await server.sql(`ALTER DATABASE ${quoted(beside.database)} ALLOW_CONNECTIONS true`)
  expect(await stateOf(scene)).toBe(before)
  if (failed === null) throw new Error('It did not fail.')
  return failed
}

describe('a swap', () => {
  it('gives the name to the other database, keeps the old one closed, and is the same backwards', async () => {
    const server = cluster()
    const scene = await setScene(server, 'shop')
    await server.sql(`COMMENT ON DATABASE shop IS 'the "shop", it''s ours'`)
    const { retired, awayMs } = await swap(scene)
    expect(awayMs).toBeLessThan(1_000)
    expect(await originOf(server, 'shop')).toBe('beside')
    expect(await oidOf(server, 'shop')).toBe(scene.beside.identity)
    expect(retired).toMatchObject({ identity: scene.live.identity, role: 'retired', runId: scene.job.context.jobId })
    expect(retired.database).toMatch(/^hf_[0-9a-z]{12}_old_shop$/)
    await expect(originOf(server, retired.database)).rejects.toThrow(/not currently accepting connections/)
    const commentOf = (oid: string) => server.sql(`SELECT shobj_description(${oid}, 'pg_database')`)
    expect(await commentOf(scene.beside.identity)).toBe(`the "shop", it's ours`)
    expect(await postgresTargets.list(scene.access, installation)).toEqual([retired])

    await server.sql(`COMMENT ON DATABASE shop IS 'changed since'`)
    const job = await newJob()
    const outgoing = { database: 'shop', identity: scene.beside.identity }
    const back: SwapRequest = { ...scene.request, outgoing, incoming: retired, runId: job.context.jobId }
    const undone = await postgresSwap.swap(scene.access, back, job.context)
    expect(await originOf(server, 'shop')).toBe('live')
    expect(await commentOf(scene.live.identity)).toBe(`the "shop", it's ours`)
    expect(undone.retired.identity).toBe(scene.beside.identity)
    await postgresTargets.drop(scene.access, undone.retired, job.context)
    expect(await server.sql(`SELECT datname FROM pg_database WHERE datname LIKE 'hf\\_%'`)).toBe('')
    expect(await originOf(server, 'shop')).toBe('live')
  })

  it('works for an owner with CREATEDB who is no superuser', async () => {
    const server = cluster()
    await server.sql(`CREATE ROLE keeper LOGIN CREATEDB PASSWORD 'secret'`)
    const scene = await setScene(server, 'kept', { user: 'keeper' })
    await sitIn(server, 'kept', { user: 'keeper' })
    const { retired } = await swap(scene)
    expect(await originOf(server, 'kept')).toBe('beside')
    await postgresTargets.drop(scene.access, retired, scene.job.context)
  })

  it('takes names of 63 bytes, and the old database keeps its own oid under a generated one', async () => {
    const server = cluster()
    const name = `${'ä'.repeat(30)}xyz`
    expect(Buffer.byteLength(name)).toBe(63)
    const scene = await setScene(server, name)
    const { retired } = await swap(scene)
    expect(Buffer.byteLength(retired.database)).toBeLessThanOrEqual(63)
    expect(await originOf(server, name)).toBe('beside')
    expect(await oidOf(server, retired.database)).toBe(scene.live.identity)
    await postgresTargets.drop(scene.access, retired, scene.job.context)
    expect(await originOf(server, name)).toBe('beside')
  })

  it('keeps a pool that reconnects all the time away for less than a second, five times', async () => {
    const server = cluster()
    const scene = await setScene(server, 'pooled')
    await startReconnectingPool(server, 'pooled')
    let [outgoing, incoming] = [scene.live, scene.beside]
    for (let round = 1; round <= 5; round += 1) {
      await expect.poll(() => server.sql(sessionsOf('pooled')), { timeout: 10_000 }).not.toBe('0')
      const job = await newJob()
      const request = { ...scene.request, outgoing, incoming, runId: job.context.jobId }
      const { retired, awayMs } = await postgresSwap.swap(scene.access, request, job.context)
      expect(awayMs).toBeLessThan(1_000)
      expect(await originOf(server, 'pooled')).toBe(round % 2 === 1 ? 'beside' : 'live')
      outgoing = { database: 'pooled', identity: incoming.identity }
      incoming = retired
    }
  })

  it('throws those out who sit in the new database, and lets nobody but them be asked', async () => {
    const server = cluster()
    const scene = await setScene(server, 'besieged', { disconnectOthers: false })
    const guest = await sitIn(server, scene.beside.database)
    await swap(scene)
    expect(await originOf(server, 'besieged')).toBe('beside')
    await expect(guest.query('SELECT 1')).rejects.toThrow(/./)
  })

  it('ends the transactions of those who are in the old one, where it may', async () => {
    const server = cluster()
    const scene = await setScene(server, 'written')
    const writer = await sitIn(server, 'written')
    await writer.query(`BEGIN; UPDATE content SET origin = 'half'`)
    const { retired } = await swap(scene)
    expect(await originOf(server, 'written')).toBe('beside')
    await server.sql(`ALTER DATABASE ${quoted(retired.database)} ALLOW_CONNECTIONS true`)
    expect(await originOf(server, retired.database)).toBe('live')
  })
})

describe('the survey before an undo', () => {
  it('tells what stands in the way and what the database holds, and touches nothing', async () => {
    const server = cluster()
    const scene = await setScene(server, 'surveyed')
    const { retired } = await swap(scene)
    await server.sql('INSERT INTO content SELECT n::text FROM generate_series(1, 41) AS n', 'surveyed')
    const outgoing = { database: 'surveyed', identity: scene.beside.identity }
    const survey = (changes: { readonly outgoing?: typeof outgoing; readonly incoming?: typeof retired } = {}) =>
      postgresSwap.survey(
        scene.access,
        { outgoing, incoming: retired, disconnectOthers: false, ...changes },
        scene.job.context.signal,
      )
    const state = await stateOf(scene)
    const rows = { kind: 'table', displayName: 'public.content', rows: 42, isEstimate: false, definition: null }
    expect(await survey()).toEqual({ blockers: [], warnings: [], current: [rows] })
    const guest = await sitIn(server, 'surveyed')
    expect((await survey()).blockers.map(({ code }) => code)).toEqual(['SESSIONS'])
    expect((await guest.query('SELECT 1')).rowCount).toBe(1)
    expect(await stateOf(scene)).toBe(state)
    await expect(survey({ outgoing: scene.live })).rejects.toMatchObject({ code: 'TARGET_CHANGED' })
    await expect(survey({ incoming: scene.beside })).rejects.toMatchObject({ code: 'TARGET_CHANGED' })
  })
})

describe('a swap is refused, and nothing is different afterwards', () => {
  it('where others are connected and may not be ended: each is named', async () => {
    const server = cluster()
    const scene = await setScene(server, 'busy', { disconnectOthers: false })
    const guest = await sitIn(server, 'busy', { application: 'till 7' })
    const { message } = await expectRefusal(scene, 'DATABASE_BUSY')
    expect(message).toMatch(/postgres with till 7 from 127\.0\.0\.1 \(pid \d+\)/)
    expect((await guest.query('SELECT 1')).rowCount).toBe(1)
  })

  it("where a superuser's session can't be ended by this user", async () => {
    const server = cluster()
    await server.sql(`CREATE ROLE small LOGIN CREATEDB PASSWORD 'secret'`)
    const scene = await setScene(server, 'supervised', { user: 'small' })
    const superuser = await sitIn(server, 'supervised', { application: 'psql' })
    const error = await expectRefusal(scene, 'DATABASE_BUSY')
    expect(error.message).toMatch(/has no right to end .*postgres with psql/)
    expect((await superuser.query('SELECT 1')).rowCount).toBe(1)
    await superuser.end()
    await swap(scene)
  })

  it('where a transaction was prepared since the plan, also in the new one', async () => {
    const server = cluster()
    const scene = await setScene(server, 'prepared')
    for (const database of ['prepared', scene.beside.database]) {
      await server.sql(`BEGIN; UPDATE content SET origin = 'x'; PREPARE TRANSACTION 'half done'`, database)
      const error = await expectRefusal(scene, 'PLAN_BLOCKED')
      expect(error).toMatchObject({ remedy: expect.stringContaining(`ROLLBACK PREPARED 'half done';`) as string })
      await server.sql(`ROLLBACK PREPARED 'half done'`, database)
    }
    await swap(scene)
  })

  it('where a logical slot or a subscription came since the plan', async () => {
    const server = cluster()
    const scene = await setScene(server, 'replicated')
    await server.sql(`SELECT pg_create_logical_replication_slot('feed', 'pgoutput')`, 'replicated')
    expect((await expectRefusal(scene, 'PLAN_BLOCKED')).message).toContain('feed')
    await server.sql(`SELECT pg_drop_replication_slot('feed')`, 'replicated')
    await server.sql(
      `CREATE SUBSCRIPTION news CONNECTION 'host=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE, enabled = false, create_slot = false)`,
      'replicated',
    )
    expect((await expectRefusal(scene, 'PLAN_BLOCKED')).message).toContain('news')
    await server.sql('DROP SUBSCRIPTION news', 'replicated')
    await swap(scene)
  })

  it('where either is another one than was planned', async () => {
    const server = cluster()
    const scene = await setScene(server, 'mistaken')
    const { live, beside } = scene
    await expectRefusal(scene, 'TARGET_CHANGED', { outgoing: { ...live, identity: '1' } })
    await expectRefusal(scene, 'TARGET_CHANGED', { outgoing: { ...live, database: 'postgres' } })
    await expectRefusal(scene, 'TARGET_CHANGED', { incoming: { ...beside, identity: '1' } })
    await expectRefusal(scene, 'TARGET_CHANGED', { incoming: { ...beside, runId: 'X'.repeat(26) } })
    await expectRefusal(scene, 'TARGET_CHANGED', { incoming: { ...beside, role: 'retired' } })
    const marker = await server.sql(`SELECT shobj_description(${beside.identity}, 'pg_database')`)
    await server.sql(`COMMENT ON DATABASE ${quoted(beside.database)} IS 'mine'`)
    await expectRefusal(scene, 'TARGET_CHANGED')
    await server.sql(`COMMENT ON DATABASE ${quoted(beside.database)} IS '${marker}'`)
    await server.sql(`COMMENT ON DATABASE mistaken IS '${marker}'`)
    await expectRefusal(scene, 'TARGET_CHANGED')
    await server.sql('COMMENT ON DATABASE mistaken IS NULL')
    await swap(scene)
  })

  it('where it was cancelled, another process took the job over, or another run holds the lock', async () => {
    const server = cluster()
    const scene = await setScene(server, 'cancelled')
    const holder = await sitIn(server, 'postgres')
    const key = `hashtextextended('holdfast:target:${scene.live.identity}', 0)`
    await holder.query(`SELECT pg_advisory_lock(${key})`)
    await expectRefusal(scene, 'LOCKED')
    await holder.query(`SELECT pg_advisory_unlock(${key})`)
    scene.job.loseOwnership()
    await expectRefusal(scene, 'OWNERSHIP_LOST')
    const other = await newJob()
    other.cancel()
    await expectRefusal({ ...scene, job: other }, 'CANCELLED')
  })

  it('where it is cancelled while the database is away', async () => {
    const server = cluster()
    const scene = await setScene(server, 'late')
    const { job } = scene
    let calls = 0
    const context = {
      ...job.context,
      assertOwner: () => {
        calls += 1
        if (calls === 2) job.cancel()
      },
    }
    await expectRefusal({ ...scene, job: { ...job, context } }, 'CANCELLED')
    expect(calls).toBe(2)
  })

  it('where the last check of ownership fails, right before the commit', async () => {
    const server = cluster()
    const scene = await setScene(server, 'taken')
    const { job } = scene
    let calls = 0
    const context = {
      ...job.context,
      assertOwner: () => {
        calls += 1
        if (calls === 3) job.loseOwnership()
        job.context.assertOwner()
      },
    }
    await expectRefusal({ ...scene, job: { ...job, context } }, 'OWNERSHIP_LOST')
    expect(calls).toBe(3)
  })

  it('where its session is killed while the database is away', async () => {
    const server = cluster()
    const scene = await setScene(server, 'severed')
    const { job } = scene
    const pidOf = `SELECT pid FROM pg_stat_activity WHERE application_name = 'holdfast/${job.context.jobId}'`
    // A lock on the database's own row lets the swap wait in the middle of its transaction.
    const holder = await sitIn(server, 'postgres')
    await holder.query(`BEGIN; SELECT FROM pg_database WHERE oid = ${scene.beside.identity} FOR UPDATE`)
    const kill = async () => {
      await expect
        .poll(() => server.sql(`${pidOf} AND wait_event_type = 'Lock'`), { timeout: 5_000, interval: 20 })
        .not.toBe('')
      await server.sql(`SELECT pg_terminate_backend(pid) FROM (${pidOf}) x`)
      await holder.query('ROLLBACK')
    }
    const killed = kill()
    await expectRefusal(scene, 'CONNECTION_LOST')
    await killed
  })
})

function sessionsOf(database: string): string {
  return `SELECT count(*) FROM pg_stat_activity WHERE datname = '${database}'`
}
