import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { methods } from '../../preload/contract/index.ts'
import type { Answers } from './testing/fake-application.ts'
import { runCommand, type Surroundings } from './testing/run-command.ts'

const fingerprint = `SHA256:${'a'.repeat(43)}`
const id = '01JGH5QZ8M3X7V2K9P4R6T0WYA'
const answers: Answers = {
  'connections.add': (draft) => methods['connections.add'].output.parse({ id, environment: 'development', ...draft }),
  'connections.sshHostKey': () => ({ fingerprint, keyType: 'ssh-ed25519' }),
  'connections.backupAccount': () => ({ statements: ['CREATE ROLE holdfast_backup LOGIN BYPASSRLS;'] }),
}
const add = ['connection', 'add', '--name', 'far', '--engine', 'postgresql', '--host', 'db', '--no-password']
const tunnel = ['--ssh-host', 'bastion', '--ssh-user', 'ops']

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-cli-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** What `connection add` sends in the end; null where it sends nothing. */
async function added(flags: readonly string[], around: Surroundings = {}) {
  const finished = await runCommand([...add, ...flags], answers, around)
  const call = finished.application.calls.find(({ method }) => method === 'connections.add')
  return { ...finished, input: call === undefined ? null : methods['connections.add'].input.parse(call.input) }
}

describe('connection add through SSH', () => {
  it('takes the accepted host key, a key file and its passphrase, and shows the account to make', async () => {
    writeFileSync(join(folder, 'passphrase'), 'canary-1\n')
    const secret = ['--ssh-password-file', join(folder, 'passphrase')]
    const { input, stdout } = await added([
      ...tunnel,
      '--ssh-identity',
      'key',
      '--ssh-host-key',
      fingerprint,
      ...secret,
    ])
    expect(input).toMatchObject({
      profile: {
        host: 'db',
        ssh: { host: 'bastion', user: 'ops', identityFile: resolve('key'), hostKey: fingerprint },
      },
      sshSecret: { from: 'value', value: 'canary-1' },
    })
    expect(stdout).toContain('CREATE ROLE holdfast_backup')
    expect(stdout).not.toContain('canary')
  })

  it('asks a person to accept the fingerprint', async () => {
    const accepted = await added([...tunnel, '--ssh-agent'], { typed: ['yes'] })
    expect(accepted.input).toMatchObject({ profile: { ssh: { agent: true, hostKey: fingerprint } } })
    const declined = await added([...tunnel, '--ssh-agent'], { typed: ['no'] })
    expect(declined).toMatchObject({ input: null, exitCode: 12 })
  })

  it('names the fingerprint in an error where nobody can be asked', async () => {
    const { input, exitCode, stderr } = await added([...tunnel, '--ssh-agent'])
    expect(input).toBeNull()
    expect(exitCode).toBe(12)
    expect(stderr).toContain(`--ssh-host-key ${fingerprint}`)
  })

  it.each([
    [['--ssh-host', 'bastion']],
    [['--ssh-user', 'ops']],
    [[...tunnel, '--ssh-agent', '--ssh-identity', 'key']],
  ])('refuses %j', async (flags) => {
    expect(await added(flags)).toMatchObject({ input: null, exitCode: 2 })
  })
})

describe('connection edit', () => {
  const profile = {
    host: 'db',
    ssh: { host: 'bastion', port: 22, user: 'ops', identityFile: '/k', hostKey: fingerprint },
  }
  const shown = {
    id,
    name: 'far',
    engine: 'postgresql',
    environment: 'production',
    profile,
    secret: { from: 'none' },
    goalHours: 24,
    hooks: [],
    checks: [],
    createdAt: '2026-01-01T10:00:00.000Z',
  }
  const edited = async (flags: readonly string[]) => {
    const all = { ...answers, 'connections.get': () => methods['connections.get'].output.parse(shown) }
    const { application } = await runCommand(['connection', 'edit', 'far', ...flags], all)
    return application.calls.find(({ method }) => method === 'connections.edit')?.input
  }

  it('changes one part of a tunnel, or leaves it out', async () => {
    expect(await edited(['--ssh-user', 'root'])).toMatchObject({ profile: { ssh: { ...profile.ssh, user: 'root' } } })
    expect(await edited(['--ssh-agent'])).toEqual({
      connection: id,
      profile: { host: 'db', ssh: { host: 'bastion', port: 22, user: 'ops', agent: true, hostKey: fingerprint } },
    })
    expect(await edited(['--no-ssh'])).toEqual({ connection: id, profile: { host: 'db' } })
  })

  it('does not take a pinned host key along to another server', async () => {
    // Nobody can be asked: nothing is sent.
    expect(await edited(['--ssh-host', 'elsewhere'])).toBeUndefined()
  })

  it('accepts a connection without verified TLS with a reason', async () => {
    expect(await edited(['--accept-unverified-tls', 'own cable'])).toEqual({
      connection: id,
      acceptUnverifiedTls: 'own cable',
    })
    expect(await edited(['--demand-verified-tls'])).toEqual({ connection: id, acceptUnverifiedTls: null })
  })
})
