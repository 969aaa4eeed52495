import { describe, expect, it } from 'vitest'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import { postgresTargets } from './managed-targets.ts'
import { postgresSwap } from './swap.ts'
import { installation, oidOf, originOf, quoted, setScene, type SwapScene } from './testing/swap-scene.ts'

const cluster = usePostgres({ version: 15, isLogical: true })

const swap = ({ access, request, job }: SwapScene) => postgresSwap.swap(access, request, job.context)

describe('a retired database', () => {
  it("is nobody's leftover when somebody removes its comment", async () => {
    const server = cluster()
    const scene = await setScene(server, 'tidied')
    const { retired } = await swap(scene)
    await server.sql(`COMMENT ON DATABASE ${quoted(retired.database)} IS NULL`)
    const listed = await postgresTargets.list(scene.access, installation)
    expect(listed.map(({ identity }) => identity)).not.toContain(retired.identity)
    await expect(postgresTargets.drop(scene.access, retired, scene.job.context)).rejects.toMatchObject({
      code: 'TARGET_CHANGED',
    })
  })

  it('is dropped by name, oid and marker only, and never with a logical slot', async () => {
    const server = cluster()
    const scene = await setScene(server, 'finished')
    const { retired } = await swap(scene)
    const drop = (changes: Partial<typeof retired> = {}) =>
      postgresTargets.drop(scene.access, { ...retired, ...changes }, scene.job.context)
    await expect(drop({ identity: scene.beside.identity })).rejects.toMatchObject({ code: 'TARGET_CHANGED' })
    await expect(drop({ role: 'beside' })).rejects.toMatchObject({ code: 'TARGET_CHANGED' })
    await expect(drop({ database: 'finished' })).rejects.toMatchObject({ code: 'TARGET_CHANGED' })
    const name = quoted(retired.database)
    await server.sql(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`)
    await server.sql(`SELECT pg_create_logical_replication_slot('kept_slot', 'pgoutput')`, retired.database)
    await server.sql(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`)
    await expect(drop()).rejects.toMatchObject({
      code: 'PLAN_BLOCKED',
      message: expect.stringContaining('kept_slot') as string,
    })
    expect(await server.sql(`SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'kept_slot'`)).toBe('1')
    await server.sql(`SELECT pg_drop_replication_slot('kept_slot')`)
    await drop()
    expect(await oidOf(server, retired.database)).toBe('')
    expect(await originOf(server, 'finished')).toBe('beside')
  })
})
