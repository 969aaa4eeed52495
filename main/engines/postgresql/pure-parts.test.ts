import { describe, expect, it } from 'vitest'
import { Secret } from '../engine.ts'
import { connectionArgs, dumpArgs, passFileLine, restoreArgs, toolSettings } from './args.ts'
import { createStatement } from './create-statement.ts'
import { describeEndpoint, resolveEndpoint, type Endpoint } from './endpoint.ts'
import { displayIdentifier } from './object-names.ts'
import { parseProgress, parseWarning } from './progress.ts'
import { PostgresProfile } from './profile.ts'
import { cutToBytes, quoteConnectionValue, quoteIdentifier, quoteLiteral } from './quoting.ts'
import { parseServiceFile } from './service-file.ts'
import { markerText, parseMarker, runPartOf, targetName } from './target-names.ts'
import { leftOutAlways, selectForDrill } from './toc-list.ts'

const endpoint: Endpoint = {
  host: 'h',
  port: 5433,
  user: 'u',
  database: 'd',
  tls: 'require',
  caFile: null,
  tunnel: null,
  password: Secret.of('geheim'),
}

describe('args', () => {
  it('keep every name behind its flag', () => {
    expect(connectionArgs({ ...endpoint, user: '--help' }, `-x' host=evil \\`)).toEqual([
      '--host=h',
      '--port=5433',
      '--username=--help',
      '--no-password',
      String.raw`--dbname=dbname='-x\' host=evil \\'`,
    ])
  })

  it('dump the whole database in its own encoding, uncompressed, from the given snapshot', () => {
    const args = dumpArgs(endpoint, 'd', '00000003-1', { encoding: 'LATIN1' })
    expect(args).toEqual(
      expect.arrayContaining(['--format=custom', '--compress=0', '--snapshot=00000003-1', '--encoding=LATIN1']),
    )
    expect(args.every((arg) => arg.startsWith('--'))).toBe(true)
  })

  it('never restore subscriptions, and stop at the first error', () => {
    const beside = restoreArgs(endpoint, 'd', { isDrill: false, listFile: null })
    expect(beside).toEqual(expect.arrayContaining(['--no-subscriptions', '--exit-on-error']))
    expect(beside).not.toContain('--no-owner')
    const drill = restoreArgs(endpoint, 'd', { isDrill: true, listFile: '/run/list' })
    const more = ['--no-owner', '--no-privileges', '--no-tablespaces', '--use-list=/run/list', '--no-subscriptions']
    expect(drill).toEqual(expect.arrayContaining(more))
  })

  it('give the tools no password, but the file with it', () => {
    const settings = toolSettings({ ...endpoint, caFile: '/ca.pem' }, 'holdfast/J', '/run/pgpass')
    expect(settings).toMatchObject({
      PGPASSFILE: '/run/pgpass',
      PGTZ: 'UTC',
      PGSSLMODE: 'require',
      PGSSLROOTCERT: '/ca.pem',
    })
    expect(JSON.stringify(settings)).not.toContain('geheim')
    expect(settings).not.toHaveProperty('PGCLIENTENCODING')
    expect(passFileLine('a:b\\c')).toBe('*:*:*:*:a\\:b\\\\c\n')
  })
})

describe('resolveEndpoint', () => {
  const access = (profile: object) => ({ profile: PostgresProfile.parse(profile), secret: Secret.none() })
  const services = {
    far: {
      host: 'db',
      port: '6000',
      user: 'su',
      dbname: 'sd',
      sslmode: 'verify-full',
      sslrootcert: '/c',
      password: 'p',
    },
  }
  const find = (name: string) => ({ ...services[name as 'far'] })

  it('takes from the service what the profile does not say', () => {
    const resolved = resolveEndpoint(access({ service: 'far', user: 'own' }), find)
    expect(resolved).toMatchObject({
      host: 'db',
      port: 6000,
      user: 'own',
      database: 'sd',
      tls: 'verify-full',
      caFile: '/c',
    })
    expect(resolved.password.reveal()).toBe('p')
  })

  it('has the defaults of libpq', () => {
    expect(resolveEndpoint(access({ user: 'ann' }))).toMatchObject({
      host: 'localhost',
      port: 5432,
      database: 'ann',
      tls: 'prefer',
    })
  })

  it.each([{ host: 'a,b' }, { port: 'x' }, { sslmode: 'maybe' }])('refuses %j in a service', (settings) => {
    expect(() => resolveEndpoint(access({ service: 's' }), () => ({ ...settings }) as Record<string, string>)).toThrow(
      /"s"/,
    )
  })

  it('names a place for people', () => {
    expect(describeEndpoint({ host: '::1', port: 1 })).toBe('[::1]:1')
    expect(describeEndpoint({ host: '/run/pg', port: 5432 })).toBe('/run/pg/.s.PGSQL.5432')
  })

  it.each([{ host: 'a,b' }, { host: 'a b' }, { port: 0 }, { user: '' }, { tls: 'yes' }, { database: 'a\0b' }])(
    'has no profile %j',
    (profile) => {
      expect(PostgresProfile.safeParse(profile).success).toBe(false)
    },
  )
})

describe('parseServiceFile', () => {
  it('reads one section', () => {
    const text = '# c\n[a]\nhost=x\n\n[b]\r\nhost = y\r\nport=1\nnonsense\n[c]\nhost=z\n[__proto__]\nx=1'
    expect({ ...parseServiceFile(text, 'b') }).toEqual({ host: 'y', port: '1' })
    expect(parseServiceFile(text, 'd')).toBeNull()
  })
})

describe('names', () => {
  const run = '01JQZX3N7M8K9P2R4S5T6V7W8X'

  it('cut the stem between characters at 63 bytes', () => {
    const long = targetName(run, '🚀'.repeat(40))
    expect(Buffer.byteLength(long)).toBe(60)
    expect(long.startsWith('hf_r4s5t6v7w8x'.slice(0, 3))).toBe(true)
    expect(runPartOf(long)).toBe('2r4s5t6v7w8x')
    expect(Buffer.byteLength(targetName(run, 'b'.repeat(63)))).toBe(63)
    expect(cutToBytes('aé', 2)).toBe('a')
  })

  it('differ for two runs with one 63-byte stem', () => {
    expect(targetName(run, 'b'.repeat(63))).not.toBe(targetName('01JQZX3N7M8K9P2R4S5T6V7W8Y', 'b'.repeat(63)))
  })

  it('are marked so that only a marker of ours is one', () => {
    const text = markerText(`it's`, run, 'scratch')
    expect(parseMarker(text)).toEqual({ holdfast: 1, installation: `it's`, run, role: 'scratch' })
    for (const other of [null, '', 'holdfast', '{"holdfast":1}', '{"holdfast":2,"x":', `${text}x`])
      expect(parseMarker(other)).toBeNull()
  })

  it('are quoted for where they stand', () => {
    expect(quoteIdentifier('a"b')).toBe('"a""b"')
    expect(quoteLiteral(`a'b\\`)).toBe(String.raw`E'a''b\\'`)
    expect(quoteConnectionValue(`a'b\\`)).toBe(String.raw`'a\'b\\'`)
    expect(['plain', 'Upper', 'select', 'a b', 'name', 'left', 'x$'].map(displayIdentifier)).toEqual([
      'plain',
      '"Upper"',
      '"select"',
      '"a b"',
      'name',
      '"left"',
      '"x$"',
    ])
  })
})

describe('createStatement', () => {
  const like = {
    name: 'x',
    systemIdentifier: null,
    identity: null,
    encoding: 'UTF8',
    locale: { provider: 'icu', collate: 'C', ctype: 'C', locale: 'de-DE', icuRules: '&a<b', collationVersion: '1' },
    owner: 'o',
    extensions: [],
    sizeBytes: null,
  }

  it('makes a database like the source, closed, from template0', () => {
    expect(createStatement('n"', like, 'o', 160_000)).toBe(
      `CREATE DATABASE "n""" TEMPLATE template0 ALLOW_CONNECTIONS false ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'de-DE' ICU_RULES '&a<b' OWNER "o"`,
    )
    expect(createStatement('n', like, null, 140_000)).not.toContain('PROVIDER')
    expect(createStatement('n', null, null, 150_000)).toBe(
      'CREATE DATABASE "n" TEMPLATE template0 ALLOW_CONNECTIONS false',
    )
  })
})

describe('what the tools say', () => {
  it.each([
    ['pg_dump: dumping contents of table "public.a"b"', 'public.a"b'],
    ['pg_restore: processing data for table "public.t"', 'public.t'],
    ['pg_restore: creating FK CONSTRAINT "public.t t_fk"', 'public.t t_fk'],
    ['pg_restore: executing SEQUENCE SET t_id_seq', 'SEQUENCE SET t_id_seq'],
    ['pg_dump: reading schemas', null],
  ])('%s', (line, item) => {
    expect(parseProgress(line)).toBe(item)
  })

  it('has warnings', () => {
    expect(parseWarning('pg_dump: warning: something odd')).toBe('something odd')
    expect(parseWarning('pg_dump: error: something odd')).toBeNull()
  })
})

describe('selectForDrill', () => {
  /** Printed by pg_restore 15.18. */
  const list = `;
; Archive created at 2025-11-21
215; 1259 16389 TABLE public t postgres
3400; 6104 16392 PUBLICATION - pub postgres
3401; 6106 16393 PUBLICATION TABLE public pub t postgres
3402; 6100 16394 SUBSCRIPTION - my sub postgres
3403; 0 0 COMMENT - SUBSCRIPTION "my sub" postgres
3404; 3466 16395 EVENT TRIGGER - watch postgres
3405; 0 0 COMMENT - EVENT TRIGGER watch postgres
3406; 1418 16396 USER MAPPING - USER MAPPING postgres SERVER far postgres
3407; 0 16397 MATERIALIZED VIEW DATA public mv postgres
3408; 0 0 COMMENT public TABLE t postgres
3409; 0 16389 TABLE DATA public SUBSCRIPTION postgres
`

  it('leaves out what runs code, reaches others or belongs to others, and says so', () => {
    const { lines, leftOut } = selectForDrill(list)
    expect(lines.map((line) => line.slice(0, 4))).toEqual(['215;', '3408', '3409'])
    expect(leftOut.map(({ object }) => object)).toEqual([
      'publication pub',
      'publication table public pub t',
      'subscription my sub',
      'event trigger watch',
      'user mapping USER MAPPING postgres SERVER far',
      'materialized view data public mv',
    ])
  })

  it('names the subscriptions, which are left out of every restore', () => {
    expect(leftOutAlways(list).map(({ object }) => object)).toEqual(['subscription my sub'])
  })
})
