import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { postgresBinDir, postgresVersions } from './installed.ts'
import { usePostgres } from './postgres.ts'

describe.each(postgresVersions)('PostgreSQL %i', (version) => {
  const server = usePostgres({ version, isLogical: true, maxPreparedTransactions: 5 })

  it('answers with its version and the settings that were asked for', async () => {
    const { sql } = server()
    expect(await sql('SHOW server_version_num')).toMatch(new RegExp(`^${version}`))
    expect(await sql('SHOW wal_level; SHOW max_prepared_transactions')).toBe('logical\n5')
  })

  it('takes no wrong password', () => {
    const { binDir, host, port, user } = server()
    const { status, stderr } = spawnSync(join(binDir, 'psql'), ['-w', '-c', 'SELECT 1'], {
      env: { PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: 'wrong' },
      encoding: 'utf8',
    })
    expect(status).toBe(2)
    expect(stderr).toContain('password authentication failed')
  })
})

describe.skipIf(postgresBinDir(15) === null)('the end of the process that started a server', () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)('by %s ends the server and removes its folder', async (signal) => {
    const program = `
      const { startPostgres } = await import(${JSON.stringify(join(import.meta.dirname, 'postgres-cluster.ts'))})
      const { dataDir } = await startPostgres({ version: 15 })
      console.log(dataDir)
      setInterval(() => {}, 1000)`
    const starter = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(starter.stdout, 'data')) as [Buffer]
    const dataDir = line.toString().trim()
    const pid = Number((await readFile(join(dataDir, 'postmaster.pid'), 'utf8')).split('\n')[0])
    process.kill(pid, 'SIGSTOP')
    starter.kill(signal)
    const limit = { timeout: 20_000, interval: 100 }
    await vi.waitFor(() => expect(existsSync(dirname(dataDir))).toBe(false), limit)
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), limit)
  })
})
