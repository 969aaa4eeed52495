import { mkdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { usePostgres } from '../../e2e/servers/postgres.ts'
import { useSshd } from '../../e2e/servers/sshd.ts'
import type { BackupDetail, MethodInput, RestorePlan, ValidationReport } from '../../preload/contract/index.ts'
import { WindowApplication } from './testing/window-application.ts'

const cluster = usePostgres({ version: 15 })
const sshd = useSshd()
const none = { from: 'none' } as const

let line: WindowApplication
beforeAll(async () => {
  line = await WindowApplication.open({ kind: 'cli' })
  const settings = { path: `${line.folder}/disk` }
  mkdirSync(settings.path, { mode: 0o700 })
  await line.call('destinations.add', { name: 'disk', type: 'local', settings, secret: none })
})
afterAll(() => line.close())

/** A connection through the SSH server, whose key has a passphrase. */
function draft(name: string): MethodInput<'connections.add'> {
  const { host, port, user, lockedIdentityFile, hostKey, passphrase } = sshd()
  const server = cluster()
  const ssh = { host, port, user, identityFile: lockedIdentityFile, hostKey }
  return {
    name,
    engine: 'postgresql',
    profile: { host: server.host, port: server.port, user: server.user, database: 'shop', tls: 'disable', ssh },
    secret: { from: 'value', value: server.password },
    sshSecret: { from: 'value', value: passphrase },
  }
}

describe('a connection through SSH', () => {
  it('is tried, backed up and proven, and its passphrase stays in the secret store', async () => {
    await cluster().sql('CREATE DATABASE shop')
    await cluster().sql(
      'CREATE TABLE orders (n int PRIMARY KEY); INSERT INTO orders SELECT generate_series(1, 100)',
      'shop',
    )
    const { id } = await line.call('connections.add', draft('far'))
    const shown = await line.call('connections.get', { connection: id })
    expect(shown.profile['ssh']).toMatchObject({ hasSecret: true, agent: false })
    expect(JSON.stringify(shown)).not.toContain(sshd().passphrase)
    const info = await line.call('connections.test', { connection: id })
    expect(info.warnings.map(({ code }) => code)).toEqual(['SUPERUSER'])

    const made = (await line.result(line.call('backups.start', { connection: id }))) as BackupDetail
    expect(made).toMatchObject({ state: 'complete', warnings: [] })
    const proof = line.call('backups.validate', { backup: made.id, level: 'restore', scratch: 'far' })
    expect((await line.result(proof)) as ValidationReport).toMatchObject({ outcome: 'passed' })
    // What was made for the proof is gone, and nothing of the way stands in the manifest.
    expect(await cluster().sql("SELECT count(*) FROM pg_database WHERE datname ~ 'holdfast|hf_'")).toBe('0')

    await line.call('connections.edit', { connection: id, sshSecret: { from: 'value', value: 'wrong' } })
    expect(await line.refusal('connections.test', { connection: id })).toBe('AUTHENTICATION_FAILED')
    const failed = await line.call('backups.start', { connection: id })
    const { status } = await line.call('jobs.wait', failed)
    expect(status).toMatchObject({ state: 'failed', error: { code: 'AUTHENTICATION_FAILED' } })

    const { ssh: _ssh, ...direct } = shown.profile
    await line.call('connections.edit', { connection: id, profile: direct })
    expect(await line.refusal('connections.test', { connection: id })).toBeNull()
  })

  it('shows the host key before anything is sent', async () => {
    const { host, port, hostKey } = sshd()
    expect(await line.call('connections.sshHostKey', { host, port })).toEqual({
      fingerprint: hostKey,
      keyType: 'ssh-ed25519',
    })
    const { host: pg, port: pgPort } = cluster()
    expect(await line.refusal('connections.sshHostKey', { host: pg, port: pgPort })).toBe('UNREACHABLE')
  })

  it('sends a stored passphrase to no other SSH server, and takes no typed path from a window', async () => {
    const window = await WindowApplication.open({ beside: line })
    const { id } = await line.call('connections.add', draft('guarded'))
    const { profile } = await window.call('connections.get', { connection: id })
    const ssh = profile['ssh'] as Record<string, unknown>
    const secret = { from: 'value', value: cluster().password } as const
    const refusals = async (change: object) => {
      const moved = { ...profile, ssh: { ...ssh, ...change } }
      return [
        await window.refusal('connections.edit', { connection: id, profile: moved, secret }),
        await window.refusal('connections.probe', { connection: id, engine: 'postgresql', profile: moved, secret }),
      ]
    }
    expect(await refusals({ port: 1 })).toEqual(['SECRET_MISSING', 'SECRET_MISSING'])
    expect(await refusals({ identityFile: '/etc/passwd' })).toEqual(['USAGE', 'USAGE'])
    expect(await window.refusal('connections.probe', { connection: id, engine: 'postgresql', profile })).toBeNull()
    await window.close({ keepFolder: true })
  })
})

describe('a connection without verified TLS', () => {
  it('is told wherever one looks, and stops production until it is accepted with a reason', async () => {
    const { port, user, password } = cluster()
    await cluster().sql('CREATE DATABASE open; CREATE DATABASE other')
    await cluster().sql('CREATE TABLE t (n int)', 'open')
    // Linux takes this address for the machine itself; it is none of the loopback's.
    const profile = { host: '0.0.0.0', port, user, database: 'open', tls: 'disable' }
    const { id } = await line.call('connections.add', {
      name: 'open',
      engine: 'postgresql',
      environment: 'production',
      // A mark that is given in a profile counts for nothing.
      profile: { ...profile, acceptedUnverifiedTls: 'said the profile' },
      secret: { from: 'value', value: password },
    })
    const { warnings } = await line.call('connections.test', { connection: id })
    expect(warnings.map(({ code }) => code)).toEqual(['TLS_NOT_VERIFIED', 'SUPERUSER'])
    const attention = (await line.call('status.get', {})).attention.filter(({ subject }) => subject === 'open')
    expect(attention.map(({ sentence }) => sentence)).toContainEqual(expect.stringContaining('is not encrypted'))
    const { checks } = await line.call('doctor.run', {})
    expect(checks.find(({ name }) => name === 'connection open')?.detail).toMatch(/^warning: /)
    const refused = await line.invoke('backups.start', { connection: id })
    expect(refused).toMatchObject({ ok: false, error: { code: 'TLS_FAILED' } })
    expect(JSON.stringify(refused)).toContain('--accept-unverified-tls')

    const accepted = await line.call('connections.edit', { connection: id, acceptUnverifiedTls: 'own cable' })
    expect(accepted.profile['acceptedUnverifiedTls']).toBe('own cable')
    const [entry] = (await line.call('audit.list', { limit: 5 })).filter(({ action }) =>
      action.endsWith('tls-accepted'),
    )
    expect(entry).toMatchObject({ subject: 'open', detail: { reason: 'own cable' } })
    const made = (await line.result(line.call('backups.start', { connection: id }))) as BackupDetail
    expect(made.warnings).toEqual([
      { code: 'TLS_NOT_VERIFIED', message: expect.stringContaining('Accepted: own cable') as string },
    ])

    // It was accepted for this server: for another one it is asked again.
    const kept = await line.call('connections.edit', {
      connection: id,
      profile: { ...accepted.profile, database: 'other' },
    })
    expect(kept.profile['acceptedUnverifiedTls']).toBe('own cable')
    const again = { ...kept.profile, tls: 'prefer' }
    const moved = await line.call('connections.edit', { connection: id, profile: again })
    expect(moved.profile).not.toHaveProperty('acceptedUnverifiedTls')
    expect(await line.refusal('backups.start', { connection: id })).toBe('TLS_FAILED')
    const plan = (await line.result(line.call('restores.plan', { backup: made.id, to: 'open' }))) as RestorePlan
    expect(plan.blockers.map(({ code }) => code)).toContain('TLS_NOT_VERIFIED')
  })
})
