import { describe, expect, it } from 'vitest'
import { PostgresProfile } from './profile.ts'
import { whyUnprotected } from './protection.ts'

const ssh = { host: 'bastion', user: 'ops' }

describe('whyUnprotected', () => {
  it.each([
    { host: '127.0.0.1', tls: 'disable' },
    { host: '127.9.9.9', tls: 'disable' },
    { host: '::1' },
    { host: 'LocalHost' },
    { host: '/run/postgresql' },
    { host: 'db', tls: 'verify-full', caFile: '/ca' },
    { host: 'db', tls: 'verify-ca', caFile: '/ca' },
    { host: 'db', tls: 'require', caFile: '/ca' },
    { host: 'db', tls: 'disable', ssh },
  ])('finds %j protected', (profile) => {
    expect(whyUnprotected(PostgresProfile.parse({ user: 'u', ...profile }))).toBeNull()
  })

  it.each([
    [{ host: 'db', tls: 'disable' }, 'is not encrypted'],
    [{ host: 'db' }, 'only where the server offers it'],
    [{ host: 'db', tls: 'prefer', caFile: '/ca' }, 'only where the server offers it'],
    [{ host: 'localhost.evil.example', tls: 'disable' }, 'is not encrypted'],
    [{ host: '127.0.0.1.evil.example', tls: 'disable' }, 'is not encrypted'],
    [{ host: '0.0.0.0', tls: 'disable' }, 'is not encrypted'],
  ])('says what is missing of %j', (profile, said) => {
    expect(whyUnprotected(PostgresProfile.parse({ user: 'u', ...profile }))).toContain(said)
  })
})
