import { describe, expect, it } from 'vitest'
import { looksLikeAddress, parseConnectionUrl } from './connection-url.ts'

function read(text: string) {
  const parsed = parseConnectionUrl(text)
  if (!parsed.ok) throw new Error(parsed.problem)
  return parsed.address
}

function problemOf(text: string): string {
  const parsed = parseConnectionUrl(text)
  if (parsed.ok) throw new Error('It was read.')
  return parsed.problem
}

describe('an address of a database', () => {
  it('is taken apart', () => {
    expect(read('postgres://ada:secret@db1.example.net:5433/sales?sslmode=verify-full')).toEqual({
      host: 'db1.example.net',
      port: '5433',
      user: 'ada',
      password: 'secret',
      database: 'sales',
      tls: 'verify-full',
      leftOut: [],
    })
  })

  it('says only what it says', () => {
    expect(read('postgresql://')).toEqual({ leftOut: [] })
    expect(read('postgresql://db1')).toEqual({ host: 'db1', leftOut: [] })
    expect(read('postgres:///sales')).toEqual({ database: 'sales', leftOut: [] })
    expect(read('postgres://ada@/sales')).toEqual({ user: 'ada', database: 'sales', leftOut: [] })
  })

  it('is decoded part by part', () => {
    expect(read('postgres://a%40b:p%2Fw%3A%40%23%25@h/na%20me')).toMatchObject({
      user: 'a@b',
      password: 'p/w:@#%',
      database: 'na me',
    })
  })

  it('may hold an @ or a : in the password, as people paste it', () => {
    expect(read('postgres://ada:p@ss:word@h/d')).toMatchObject({ user: 'ada', password: 'p@ss:word', host: 'h' })
  })

  it.each([
    ['postgres://[::1]:5432/d', { host: '::1', port: '5432' }],
    ['postgres:///d?host=/var/run/postgresql', { host: '/var/run/postgresql', database: 'd' }],
    ['postgres://%2Fvar%2Frun%2Fpostgresql/d', { host: '/var/run/postgresql', database: 'd' }],
    ['jdbc:postgresql://h:5432/d', { host: 'h', database: 'd' }],
    ['  postgres://h/d\n', { host: 'h', database: 'd' }],
    ['postgres://h/?dbname=d&user=u&password=p&port=6543', { database: 'd', user: 'u', password: 'p', port: '6543' }],
  ])('is read in every spelling: %s', (text, expected) => {
    expect(read(text)).toMatchObject(expected)
  })

  it('names settings that have no place here, without their values', () => {
    expect(read('postgres://h/d?sslmode=allow&sslkey=secret.key&application_name=x').leftOut).toEqual([
      'sslmode',
      'sslkey',
      'application_name',
    ])
  })

  it.each([
    'mysql://ada:hunter2@h/d',
    'ada:hunter2@h/d',
    'postgres://ada:hunter2@h1,h2/d',
    'postgres://ada:hunter2@h:99999/d',
    'postgres://ada:hunter2@h:0/d',
    'postgres://ada:hunter2#@h/d',
    'postgres://ada:hunter2%zz@h/d',
    'postgres://ada:hunter2/@h/d',
    '',
  ])('is refused without being quoted: %s', (text) => {
    expect(problemOf(text)).not.toContain('hunter2')
  })

  it('is told from other texts', () => {
    expect(looksLikeAddress(' postgres://h')).toBe(true)
    expect(looksLikeAddress('jdbc:postgresql://h')).toBe(true)
    expect(looksLikeAddress('db1.example.net')).toBe(false)
  })
})
