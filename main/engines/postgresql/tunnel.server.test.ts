import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, copyFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { freePort } from '../../../e2e/servers/postgres-cluster.ts'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import { useSshd } from '../../../e2e/servers/sshd.ts'
import { SshReach } from '../../../preload/contract/index.ts'
import { createTunnel } from '../../reach/ssh-tunnel.ts'
import type { Tunnel } from '../../reach/tunnel.ts'
import { Secret, type Access } from '../engine.ts'
import { startTestJob } from '../testing/job-context.ts'
import { collectingSink } from '../testing/sinks.ts'
import { connectionArgs, toolSettings } from './args.ts'
import { resolveEndpoint, tunnelOfProfile } from './endpoint.ts'
import { postgresqlEngine } from './postgresql-engine.ts'
import type { PostgresProfile } from './profile.ts'
import { accessOf } from './testing/fixture.ts'
import { postgresqlHold } from './testing/hold.ts'

const cluster = usePostgres({ version: 15 })
const sshd = useSshd({ settings: ['PermitOpen 127.0.0.1:* localhost:*'] })
const never = new AbortController().signal
const run = promisify(execFile)

let tunnels: Tunnel[] = []
afterEach(() => {
  for (const tunnel of tunnels) tunnel.close()
  tunnels = []
})

const reachOf = (more: Partial<SshReach> = {}): SshReach => {
  const { host, port, user, identityFile, hostKey } = sshd()
  return SshReach.parse({ host, port, user, identityFile, hostKey, ...more })
}

/** The cluster as it is seen through the SSH server. */
function through(
  ssh: SshReach = reachOf(),
  profile: Partial<PostgresProfile> = {},
  sshSecret = Secret.none(),
  password = cluster().password,
): Access<PostgresProfile> & { readonly tunnel: Tunnel } {
  const whole = { ...accessOf(cluster()).profile, ...profile, ssh }
  const target = tunnelOfProfile(whole)
  if (target === null) throw new Error('no tunnel')
  const tunnel = createTunnel(target, sshSecret)
  tunnels.push(tunnel)
  return { profile: whole, secret: Secret.of(password), tunnel }
}

const request = {
  database: 'postgres',
  format: 'custom',
  content: 'full',
  include: [],
  exclude: [],
  comparableWith: null,
} as const

const failureOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'nothing failed',
    (error: unknown) => {
      const { code, message } = error as { code: string; message: string }
      return `${code}: ${message}`
    },
  )
const inspect = (access: Access<PostgresProfile>) => postgresqlEngine.inspect(access, never)

describe('a tunnel', () => {
  it('is the way of driver and tools alike', async () => {
    const access = through()
    const info = await inspect(access)
    expect(info.databases.map(({ name }) => name)).toContain('postgres')
    await cluster().sql('CREATE TABLE IF NOT EXISTS far (n int); INSERT INTO far VALUES (1), (2)')
    const job = await startTestJob([cluster().password])
    onTestFinished(() => job.dispose())
    const sink = collectingSink()
    const report = await postgresqlEngine.dump(access, request, sink.sink, job.context)
    expect(report.inventory.map(({ displayName }) => displayName)).toContain('public.far')
    expect(job.lines).toContainEqual(expect.stringContaining('warning: "postgres" is a superuser'))
    const argv = report.argv.flat()
    expect(argv).toContain(`--port=${String(access.tunnel.port)}`)
    expect(access.tunnel.port).not.toBe(cluster().port)
    expect(await sshd().log()).toContain('Accepted publickey')
  })

  it.each(['right', 'wrong', 'none'] as const)('takes a key with a passphrase: %s', async (which) => {
    const { lockedIdentityFile, passphrase } = sshd()
    const secret = { right: Secret.of(passphrase), wrong: Secret.of('wrong'), none: Secret.none() }[which]
    const said = await failureOf(inspect(through(reachOf({ identityFile: lockedIdentityFile }), {}, secret)))
    expect(said).toMatch(
      {
        right: /^nothing failed$/,
        wrong: /^AUTHENTICATION_FAILED: The passphrase does not open/,
        none: /^AUTHENTICATION_FAILED: .*protected by a passphrase, which is missing/,
      }[which],
    )
  })

  it('takes a key of the agent', async () => {
    const { stdout } = await run('ssh-agent', ['-s'])
    const [, socket = ''] = /SSH_AUTH_SOCK=([^;]+)/.exec(stdout) ?? []
    const [, pid = ''] = /SSH_AGENT_PID=(\d+)/.exec(stdout) ?? []
    const before = process.env['SSH_AUTH_SOCK']
    process.env['SSH_AUTH_SOCK'] = socket
    onTestFinished(() => {
      process.kill(Number(pid))
      if (before === undefined) delete process.env['SSH_AUTH_SOCK']
      else process.env['SSH_AUTH_SOCK'] = before
    })
    const { identityFile: _key, ...rest } = reachOf({ agent: true })
    expect(await failureOf(inspect(through(rest)))).toMatch(/^AUTHENTICATION_FAILED: The SSH server/)
    await run('ssh-add', ['-q', sshd().identityFile], { env: { ...process.env, SSH_AUTH_SOCK: socket } })
    expect(await failureOf(inspect(through(rest)))).toBe('nothing failed')
  })

  it('says which part of the way failed', async () => {
    const nobody = await freePort()
    const said = async (access: Access<PostgresProfile>) => failureOf(inspect(access))
    const { hostKey: _pinned, ...unpinned } = reachOf()
    expect(await said(through(reachOf({ port: nobody })))).toBe(
      `UNREACHABLE: The SSH server 127.0.0.1:${String(nobody)} could not be reached.`,
    )
    expect(await said(through(unpinned))).toMatch(/^HOST_KEY_UNKNOWN: The host key of the SSH server/)
    expect(await said(through(reachOf({ identityFile: `${sshd().identityFile}.pub` })))).toMatch(
      /^AUTHENTICATION_FAILED: The file .* is no private key/,
    )
    expect(await said(through(reachOf({ identityFile: sshd().strangerFile })))).toMatch(
      /^AUTHENTICATION_FAILED: The SSH server .* refused the user/,
    )
    expect(await said(through(reachOf(), { port: nobody }))).toMatch(
      /^UNREACHABLE: The SSH server .* could not reach 127\.0\.0\.1:\d+\.$/,
    )
    expect(await said(through(reachOf(), { host: '127.0.0.2' }))).toMatch(
      /^PERMISSION_DENIED: The SSH server .* does not forward connections to 127\.0\.0\.2:\d+\.$/,
    )
    expect(await said(through(reachOf(), {}, Secret.none(), 'wrong'))).toMatch(
      /^AUTHENTICATION_FAILED: The server 127\.0\.0\.1:\d+ \(through SSH .*\) refused the user/,
    )
    expect(await said(through(reachOf(), { tls: 'require' }))).toMatch(/^TLS_FAILED: .*through SSH/)
    expect(await said(through(reachOf({ port: cluster().port })))).toMatch(/^UNREACHABLE: .*SSH server|no SSH server/)
  })

  it('shows the fingerprint of a host key that nobody accepted, and sends nothing', async () => {
    const { hostKey: _pinned, ...unpinned } = reachOf()
    const before = (await sshd().log()).match(/Accepted/g)?.length ?? 0
    await expect(inspect(through(unpinned))).rejects.toMatchObject({
      code: 'HOST_KEY_UNKNOWN',
      remedy: expect.stringContaining(sshd().hostKey) as string,
    })
    expect((await sshd().log()).match(/Accepted/g)?.length ?? 0).toBe(before)
  })

  it('that breaks in the middle of a dump fails it, and says so', async () => {
    await cluster().sql('DROP TABLE IF EXISTS held; CREATE TABLE held (n int)')
    const access = through()
    const job = await startTestJob([cluster().password])
    onTestFinished(() => job.dispose())
    // pg_dump waits for this lock, for as long as the test wants it to.
    const lock = await postgresqlHold(cluster(), 'LOCK TABLE held IN ACCESS EXCLUSIVE MODE')
    const sink = collectingSink()
    const dumped = failureOf(postgresqlEngine.dump(access, request, sink.sink, job.context))
    await expect
      .poll(() => cluster().sql('SELECT count(*) FROM pg_locks WHERE NOT granted'), { timeout: 30_000 })
      .not.toBe('0')
    await sshd().dropConnections()
    expect(await dumped).toMatch(/^CONNECTION_LOST: The SSH connection to .* broke in the middle of the work/)
    await lock()
    // It can be opened again: the same access reaches the server anew.
    expect(await failureOf(inspect(access))).toBe('nothing failed')
  })

  it('ends with a cancelled dump: nothing is left on the server', async () => {
    await cluster().sql('DROP TABLE IF EXISTS held; CREATE TABLE held (n int)')
    const job = await startTestJob([cluster().password])
    onTestFinished(() => job.dispose())
    const lock = await postgresqlHold(cluster(), 'LOCK TABLE held IN ACCESS EXCLUSIVE MODE')
    const dumped = failureOf(postgresqlEngine.dump(through(), request, collectingSink().sink, job.context))
    const sessions = () =>
      cluster().sql(`SELECT count(*) FROM pg_stat_activity WHERE application_name = 'holdfast/${job.context.jobId}'`)
    await expect
      .poll(() => cluster().sql('SELECT count(*) FROM pg_locks WHERE NOT granted'), { timeout: 30_000 })
      .not.toBe('0')
    job.cancel()
    expect(await dumped).toMatch(/^CANCELLED/)
    await expect.poll(sessions, { timeout: 30_000 }).toBe('0')
    await lock()
  })

  it('to a server that says nothing ends when it is cancelled', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    onTestFinished(() => void silent.close())
    const address = silent.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const controller = new AbortController()
    const tried = postgresqlEngine.inspect(through(reachOf({ port })), controller.signal)
    controller.abort(new Error('cancelled'))
    await expect(tried).rejects.toThrow('cancelled')
  })
})

describe('TLS through a tunnel', () => {
  let caFile = ''
  beforeAll(async () => {
    const server = cluster()
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-tunnel-tls-'))
    const files = ['-keyout', join(folder, 'server.key'), '-out', join(folder, 'server.crt')]
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...files, ...names])
    caFile = join(folder, 'server.crt')
    const owner = await stat(server.dataDir)
    for (const each of ['server.key', 'server.crt']) {
      await copyFile(join(folder, each), join(server.dataDir, each))
      await chown(join(server.dataDir, each), owner.uid, owner.gid)
    }
    await chmod(join(server.dataDir, 'server.key'), 0o600)
    await server.sql('ALTER SYSTEM SET ssl = on')
    await server.sql('SELECT pg_reload_conf()')
    while ((await server.sql('SHOW ssl')) !== 'on');
    return () => rm(folder, { recursive: true })
  })

  it.each([
    ['localhost', 'nothing failed'],
    // This end of the tunnel is 127.0.0.1, too: the server's own name counts.
    ['127.0.0.1', 'TLS_FAILED'],
  ])('verifies the name of the server itself: %s', async (host, expected) => {
    const access = through(reachOf(), { host, tls: 'verify-full', caFile })
    expect(await failureOf(inspect(access))).toContain(expected)
    const job = await startTestJob([cluster().password])
    onTestFinished(() => job.dispose())
    expect(await failureOf(postgresqlEngine.dump(access, request, collectingSink().sink, job.context))).toContain(
      expected,
    )
  })

  it('is verified by the tools as by the driver', () => {
    const endpoint = resolveEndpoint(through(reachOf(), { host: 'localhost', tls: 'verify-full', caFile }))
    expect(connectionArgs(endpoint, 'db')).toContain('--host=localhost')
    expect(toolSettings(endpoint, 'x', null)).toMatchObject({ PGSSLMODE: 'verify-full', PGSSLROOTCERT: caFile })
    expect(toolSettings(endpoint, 'x', null)).toHaveProperty('PGHOSTADDR')
  })
})

describe('a host key that changed', () => {
  it('is refused with both fingerprints, whatever it is now', async () => {
    const accepted = reachOf()
    const { hostKey: old } = sshd()
    const shown = await sshd().changeHostKey()
    expect(shown).not.toBe(old)
    await expect(inspect(through(accepted))).rejects.toMatchObject({
      code: 'HOST_KEY_CHANGED',
      detail: expect.stringMatching(
        new RegExp(`accepted: ${old.replace(/[+/]/g, '.')}[\\s\\S]*shown: ${shown.replace(/[+/]/g, '.')}`),
      ) as string,
    })
    expect(await failureOf(inspect(through({ ...accepted, hostKey: shown })))).toBe('nothing failed')
    expect(await readFile(`${sshd().folder}/host.pub`, 'utf8')).toContain('ssh-ed25519')
  })
})
