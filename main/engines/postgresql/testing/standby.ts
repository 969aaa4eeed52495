import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort, type PostgresServer } from '../../../../e2e/servers/postgres-cluster.ts'

const run = promisify(execFile)

/** A standby of `primary` beside its folder; `stop` ends it. */
export async function startStandby(primary: PostgresServer): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const folder = `${primary.dataDir}-standby`
  const port = await freePort()
  const asServer = async (program: string, args: readonly string[]) => {
    const path = join(primary.binDir, program)
    const isRoot = process.getuid?.() === 0
    const [file, before]: [string, readonly string[]] = isRoot
      ? ['runuser', ['-u', 'postgres', '--', path]]
      : [path, []]
    const env = { PATH: process.env['PATH'], PGPASSWORD: primary.password, LC_ALL: 'C.UTF-8' }
    await run(file, [...before, ...args], { cwd: '/', env })
  }
  const from = [`--host=${primary.host}`, `--port=${String(primary.port)}`, `--username=${primary.user}`]
  await asServer('pg_basebackup', [...from, '-D', folder, '--write-recovery-conf', '--checkpoint=fast', '--no-sync'])
  await asServer('pg_ctl', ['start', '-w', '-D', folder, '-l', join(folder, 'log'), '-o', `-p ${String(port)} -k ''`])
  return {
    port,
    stop: async () => {
      const [pid] = (await readFile(join(folder, 'postmaster.pid'), 'utf8')).split('\n')
      process.kill(Number(pid), 'SIGQUIT')
    },
  }
}
