import { execFile } from 'node:child_process'
import { chown, copyFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { freePort } from '../../../e2e/servers/postgres-cluster.ts'
import { usePostgres } from '../../../e2e/servers/postgres.ts'
import type { PostgresProfile } from './profile.ts'
import { postgresqlEngine } from './postgresql-engine.ts'
import { accessOf } from './testing/fixture.ts'
import { Secret } from '../engine.ts'
import { startTestJob } from '../testing/job-context.ts'
import { collectingSink } from '../testing/sinks.ts'

const cluster = usePostgres({ version: 15 })
const run = promisify(execFile)
const never = new AbortController().signal

const profileOf = (more: Partial<PostgresProfile> = {}): PostgresProfile => ({
  ...accessOf(cluster()).profile,
  ...more,
})
const secret = () => Secret.of(cluster().password)

/** Both ways in: the driver's and the tool's. */
async function tryBoth(profile: PostgresProfile, password = secret()): Promise<readonly string[]> {
  const access = { profile, secret: password }
  const job = await startTestJob([cluster().password])
  const request = {
    database: 'postgres',
    format: 'custom',
    content: 'full',
    include: [],
    exclude: [],
    comparableWith: null,
  } as const
  const codeOf = (attempt: Promise<unknown>) =>
    attempt.then(
      () => 'ok',
      (error: unknown) => (error as { code: string }).code,
    )
  const codes = [
    await codeOf(postgresqlEngine.inspect(access, never)),
    await codeOf(postgresqlEngine.dump(access, request, collectingSink().sink, job.context)),
  ]
  await job.dispose()
  return codes
}

describe('inspect', () => {
  it('says what the server is, what is on it, and which tools would be used', async () => {
    const info = await postgresqlEngine.inspect({ profile: profileOf(), secret: secret() }, never)
    expect(info).toMatchObject({ product: 'PostgreSQL', isSuperuser: true })
    expect(info.warnings.map(({ code }) => code)).toEqual(['SUPERUSER'])
    expect(Math.floor(info.versionNumber / 10_000)).toBe(15)
    expect(info.version).toMatch(/^15\.\d+$/)
    expect(info.databases.map(({ name }) => name)).toEqual(['postgres'])
    expect(info.tools.map(({ name }) => name)).toEqual(['pg_dump', 'pg_restore'])
  })
})

describe('the account for backups', () => {
  it('backs up a whole database with what other roles own, policies hide, and large objects; and changes nothing', async () => {
    const server = cluster()
    await server.sql('CREATE ROLE owner_of_all; CREATE DATABASE "of ""others" OWNER owner_of_all')
    await server.sql(
      `SET ROLE owner_of_all; CREATE SCHEMA inner_; CREATE TABLE inner_.hidden (n int);
       INSERT INTO inner_.hidden VALUES (1), (2); ALTER TABLE inner_.hidden ENABLE ROW LEVEL SECURITY;
       ALTER TABLE inner_.hidden FORCE ROW LEVEL SECURITY; CREATE SEQUENCE inner_.counter;
       SELECT lo_from_bytea(0, 'large'); CREATE TABLE plain (n int)`,
      'of "others',
    )
    const profile = profileOf({ database: 'of "others', user: 'holdfast_backup' })
    const statements = postgresqlEngine.backupAccount?.(profile) ?? []
    expect(statements.at(-1)).toBe('\\password holdfast_backup')
    await server.sql(statements.slice(0, -1).join('\n'))
    await server.sql("ALTER ROLE holdfast_backup PASSWORD 'reads only'")

    const access = { profile, secret: Secret.of('reads only') }
    const info = await postgresqlEngine.inspect(access, never)
    expect(info).toMatchObject({ isSuperuser: false, warnings: [] })
    const job = await startTestJob(['reads only'])
    onTestFinished(() => job.dispose())
    const request = { format: 'custom', content: 'full', include: [], exclude: [], comparableWith: null } as const
    const sink = collectingSink()
    const report = await postgresqlEngine.dump(access, { ...request, database: 'of "others' }, sink.sink, job.context)
    expect(report.warnings).toEqual([])
    expect(job.lines.join('\n')).not.toContain('superuser')
    const names = report.inventory.filter(({ hasRows }) => hasRows).map(({ displayName }) => displayName)
    expect(names).toEqual(expect.arrayContaining(['inner_.hidden', 'public.plain']))
    const sql = 'DELETE FROM plain'
    await expect(postgresqlEngine.runSql(access, { database: 'of "others', sql }, never)).rejects.toThrow(
      /read-only transaction|lacks a right/,
    )
  })
})

describe('connections', () => {
  it('go through a socket', async () => {
    expect(await tryBoth(profileOf({ host: cluster().socketDir }))).toEqual(['ok', 'ok'])
  })

  it('go through a service file, which driver and tools obey alike', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-service-'))
    const { host, port, password } = cluster()
    const file = join(folder, 'pg_service.conf')
    await writeFile(
      file,
      `[test]\nhost=${host}\nport=${String(port)}\nuser=postgres\ndbname=postgres\npassword=${password}\n`,
    )
    process.env['PGSERVICEFILE'] = file
    onTestFinished(async () => {
      delete process.env['PGSERVICEFILE']
      await rm(folder, { recursive: true })
    })
    expect(await tryBoth({ service: 'test' }, Secret.none())).toEqual(['ok', 'ok'])
    expect(await tryBoth({ service: 'other' }, Secret.none())).toEqual(['NOT_FOUND', 'NOT_FOUND'])
  })

  it('fail with a different answer for each reason, quickly', async () => {
    const startedAt = performance.now()
    expect(await tryBoth(profileOf({ port: await freePort() }))).toEqual(['UNREACHABLE', 'UNREACHABLE'])
    expect(await tryBoth(profileOf({ host: 'no.such.host.invalid' }))).toEqual(['UNREACHABLE', 'UNREACHABLE'])
    expect(await tryBoth(profileOf({ host: '/tmp/no-such-folder' }))).toEqual(['UNREACHABLE', 'UNREACHABLE'])
    expect(await tryBoth(profileOf(), Secret.of('wrong'))).toEqual(['AUTHENTICATION_FAILED', 'AUTHENTICATION_FAILED'])
    expect(await tryBoth(profileOf({ user: 'nobody' }))).toEqual(['AUTHENTICATION_FAILED', 'AUTHENTICATION_FAILED'])
    expect(await tryBoth(profileOf({ tls: 'require' }))).toEqual(['TLS_FAILED', 'TLS_FAILED'])
    expect(await tryBoth(profileOf({ tls: 'verify-full', caFile: '/no/such/file' }))).toEqual([
      'TLS_FAILED',
      'TLS_FAILED',
    ])
    expect(performance.now() - startedAt).toBeLessThan(10_000)
  })

  it('end when they are cancelled, although the server says nothing', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    onTestFinished(() => void silent.close())
    const address = silent.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const controller = new AbortController()
    const done = postgresqlEngine.inspect(
      { profile: profileOf({ host: '127.0.0.1', port }), secret: secret() },
      controller.signal,
    )
    const reason = new Error('cancelled')
    setTimeout(() => controller.abort(reason), 100)
    await expect(done).rejects.toBe(reason)
  })
})

describe('TLS', () => {
  let caFile = ''
  let foreignCa = ''

  beforeAll(async () => {
    const server = cluster()
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-tls-'))
    const certificate = async (name: string, subject: string) => {
      const files = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)]
      const names = ['-subj', `/CN=${subject}`, '-addext', `subjectAltName=DNS:${subject}`]
      await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...files, ...names])
      return join(folder, `${name}.crt`)
    }
    caFile = await certificate('server', 'localhost')
    foreignCa = await certificate('foreign', 'localhost')
    const owner = await stat(server.dataDir)
    for (const each of ['server.key', 'server.crt']) {
      await copyFile(join(folder, each), join(server.dataDir, each))
      await chown(join(server.dataDir, each), owner.uid, owner.gid)
    }
    await run('chmod', ['600', join(server.dataDir, 'server.key')])
    await server.sql('ALTER SYSTEM SET ssl = on')
    await server.sql('SELECT pg_reload_conf()')
    while ((await server.sql('SHOW ssl')) !== 'on');
    return () => rm(folder, { recursive: true })
  })

  it.each<[PostgresProfile['tls'], 'right' | 'foreign' | 'none', string, string]>([
    ['prefer', 'none', '127.0.0.1', 'ok'],
    ['require', 'none', '127.0.0.1', 'ok'],
    ['require', 'foreign', '127.0.0.1', 'TLS_FAILED'],
    ['verify-ca', 'right', '127.0.0.1', 'ok'],
    ['verify-ca', 'foreign', '127.0.0.1', 'TLS_FAILED'],
    ['verify-full', 'right', 'localhost', 'ok'],
    ['verify-full', 'right', '127.0.0.1', 'TLS_FAILED'],
    ['verify-full', 'foreign', 'localhost', 'TLS_FAILED'],
    ['verify-full', 'none', 'localhost', 'TLS_FAILED'],
  ])('%s with the %s certificates at %s: %s', async (tls, trust, host, expected) => {
    const trusted = { right: { caFile }, foreign: { caFile: foreignCa }, none: {} }[trust]
    const codes = await tryBoth({ ...profileOf({ host, ...trusted }), ...(tls === undefined ? {} : { tls }) })
    expect(codes).toEqual([expected, expected])
  })

  it('is really used', async () => {
    const server = cluster()
    await server.sql('ALTER SYSTEM SET log_connections = on')
    await server.sql('SELECT pg_reload_conf()')
    const before = (await server.log()).length
    expect(await tryBoth(profileOf({ tls: 'verify-ca', caFile }))).toEqual(['ok', 'ok'])
    const lines = (await server.log())
      .slice(before)
      .split('\n')
      .filter((line) => line.includes('application_name=holdfast') && line.includes('authorized'))
    expect(lines.length).toBeGreaterThanOrEqual(2)
    expect(lines.filter((line) => !line.includes('SSL enabled'))).toEqual([])
  })
})
