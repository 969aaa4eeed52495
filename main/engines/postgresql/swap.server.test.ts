import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
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
} from './testing/swap-scene.ts'

const cluster = usePostgres({ version: 15, isLogical: true, maxPreparedTransactions: 5 })

describe('a swap', () => {
  it('gives the name to the other database, keeps the old one closed, and is the same backwards', async () => {
    const server = cluster()
    const scene = await setScene(server, 'shop')
    await server.sql(`COMMENT ON DATABASE shop IS 'the "shop", it''s ours'`)
    const { retired, awayMs } = await postgresSwap.swap(scene.access, scene.request, scene.job.context)
    expect(awayMs).toBeLessThan(1_000)
    expect(await originOf(server, 'shop')).toBe('beside')
    expect(await oidOf(server, 'shop')).toBe(scene.beside.identity)
    expect(retired).toMatchObject({ identity: scene.live.identity, role: 'retired', runId: scene.job.context.jobId })
    expect(retired.database).toMatch(/^hf_[0-9a-z]{12}_old_shop$/)
    await expect(originOf(server, retired.database)).rejects.toThrow(/not currently accepting connections/)
    expect(await server.sql(`SELECT shobj_description(${scene.beside.identity}, 'pg_database')`)).toBe(
      `the "shop", it's ours`,
    )
    expect(await postgresTargets.list(scene.access, installation)).toEqual([retired])

    await server.sql(`COMMENT ON DATABASE shop IS 'changed since'`)
    const job = await newJob()
    const back: SwapRequest = {
      ...scene.request,
      outgoing: { database: 'shop', identity: scene.beside.identity },
      incoming: retired,
      runId: job.context.jobId,
    }
    const undone = await postgresSwap.swap(scene.access, back, job.context)
    expect(await originOf(server, 'shop')).toBe('live')
    expect(await server.sql(`SELECT shobj_description(${scene.live.identity}, 'pg_database')`)).toBe(
      `the "shop", it's ours`,
    )
    expect(undone.retired.identity).toBe(scene.beside.identity)
    await postgresTargets.drop(scene.access, undone.retired, job.context)
    expect(await server.sql(`SELECT datname FROM pg_database WHERE datname LIKE 'hf\\_%'`)).toBe('')
    expect(await originOf(server, 'shop')).toBe('live')
  })
})
