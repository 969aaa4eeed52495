import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ulid } from 'ulid'
import { methods } from '../../preload/contract/index.ts'
import { jobOf, jobSucceeding, succeeded, type Answers, type Call } from './testing/fake-application.ts'
import { runCommand, type Surroundings } from './testing/run-command.ts'
import { jobId, sampleBackup, samplePlan } from './testing/samples.ts'

/** What a command line asks first, parsed as the application will parse it. */
async function asked(argv: readonly string[], answers: Answers = {}, around: Surroundings = {}): Promise<Call> {
  const { application, stderr } = await runCommand(argv, answers, around)
  const last = application.calls.filter(({ method }) => method !== 'jobs.wait').at(-1)
  if (last === undefined) throw new Error(`Nothing was asked: ${stderr}`)
  expect(methods[last.method].input.safeParse(last.input).error).toBeUndefined()
  return last
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-cli-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function secretFile(content: string): string {
  const path = join(folder, 'secret')
  writeFileSync(path, content)
  return path
}

describe('connection add', () => {
  const postgresql = ['connection', 'add', '--name', 'shop', '--engine', 'postgresql', '--host', 'h']

  it('makes the path of a SQLite file absolute and asks for no password', async () => {
    expect(await asked(['connection', 'add', '--name', 'shop', '--engine', 'sqlite', '--path', 'shop.db'])).toEqual({
      method: 'connections.add',
      input: {
        name: 'shop',
        engine: 'sqlite',
        environment: 'development',
        profile: { path: resolve('shop.db') },
        secret: { from: 'none' },
      },
    })
  })

  it('passes on what was given of PostgreSQL, and nothing else', async () => {
    const more = [
      '--port',
      '5433',
      '--user',
      'u',
      '--database',
      'd',
      '--tls',
      'verify-full',
      '--environment',
      'production',
    ]
    expect((await asked([...postgresql, ...more, '--no-password'])).input).toEqual({
      name: 'shop',
      engine: 'postgresql',
      environment: 'production',
      profile: { host: 'h', port: 5433, user: 'u', database: 'd', tls: 'verify-full' },
      secret: { from: 'none' },
    })
  })

  it('takes the folder of a socket for the host', async () => {
    const argv = [
      'connection',
      'add',
      '--name',
      'shop',
      '--engine',
      'postgresql',
      '--socket',
      'run',
      '--ca-file',
      'ca.pem',
    ]
    expect((await asked([...argv, '--no-password'])).input).toMatchObject({
      profile: { host: resolve('run'), caFile: resolve('ca.pem') },
    })
    expect((await runCommand([...argv, '--no-password', '--host', 'h'])).exitCode).toBe(2)
  })

  it.each([
    ['geheim\n', 'geheim'],
    ['geheim\r\n', 'geheim'],
    [' two words \n\n', ' two words \n'],
  ])('reads the password from a file: %j', async (content, value) => {
    const { input } = await asked([...postgresql, '--password-file', secretFile(content)])
    expect(input).toMatchObject({ secret: { from: 'value', value } })
  })

  it('splits the password command without a shell', async () => {
    const { input } = await asked([...postgresql, '--password-command', "pass show 'my shop'"])
    expect(input).toMatchObject({ secret: { from: 'command', argv: ['pass', 'show', 'my shop'] } })
  })

  it('takes HOLDFAST_PASSWORD, unless a flag says otherwise', async () => {
    const env = { HOLDFAST_PASSWORD: 'from-env' }
    expect((await asked(postgresql, {}, { env })).input).toMatchObject({ secret: { from: 'value', value: 'from-env' } })
    expect((await asked([...postgresql, '--no-password'], {}, { env })).input).toMatchObject({
      secret: { from: 'none' },
    })
  })

  it('asks on a terminal; nothing typed means none', async () => {
    expect((await asked(postgresql, {}, { typed: ['x'] })).input).toMatchObject({
      secret: { from: 'value', value: 'x' },
    })
    expect((await asked(postgresql, {}, { typed: [''] })).input).toMatchObject({ secret: { from: 'none' } })
  })

  it.each([
    [postgresql, {}],
    [[...postgresql, '--no-input'], { typed: ['x'] }],
  ])('names the ways where nobody can be asked', async (argv, around) => {
    const finished = await runCommand(argv, {}, around)
    expect(finished.exitCode).toBe(2)
    expect(finished.stderr).toContain('--password-file')
    expect(finished.stderr).toContain('--no-password')
    expect(finished.application.calls).toEqual([])
  })
})

describe('connection edit', () => {
  it('sends the whole profile with the change in it', async () => {
    const shown = {
      id: '01JGH5QZ8M3X7V2K9P4R6T0WYA',
      name: 'shop',
      engine: 'postgresql',
      environment: 'staging',
      profile: { host: 'old', port: 5432 },
      secret: { from: 'store' },
      goalHours: 24,
      hooks: [],
      checks: [],
      createdAt: '2026-01-01T10:00:00.000Z',
    }
    const answers: Answers = { 'connections.get': () => methods['connections.get'].output.parse(shown) }
    expect(await asked(['connection', 'edit', 'shop', '--host', 'new', '--goal-hours', '6'], answers)).toEqual({
      method: 'connections.edit',
      input: { connection: shown.id, goalHours: 6, profile: { host: 'new', port: 5432 } },
    })
    const hooks = [{ name: 'h', on: 'backup', phase: 'before', action: { kind: 'command', argv: ['x'] } }]
    writeFileSync(join(folder, 'hooks.json'), JSON.stringify(hooks))
    const files = ['--hooks', join(folder, 'hooks.json'), '--checks', 'none']
    expect((await asked(['connection', 'edit', 'shop', ...files], answers)).input).toMatchObject({ hooks, checks: [] })
    expect((await runCommand(['connection', 'edit', 'shop'], answers)).exitCode).toBe(2)
  })
})

describe('connection test', () => {
  const info = { product: 'p', version: '1', versionNumber: 1, databases: [], tools: [], warnings: [] }
  const saved = { id: ulid(), name: 'shop', engine: 'postgresql', profile: { host: 'db', port: 5432 } }
  const answers = {
    'connections.probe': () => info,
    'connections.get': () => saved,
    'connections.test': () => info,
  } as never

  it('tries what the flags of add describe, and saves nothing', async () => {
    const flags = ['--name', 'x', '--engine', 'sqlite', '--environment', 'production', '--path', 'x.db']
    const { application, exitCode } = await runCommand(['connection', 'test', ...flags], answers)
    expect(exitCode).toBe(0)
    const input = { engine: 'sqlite', profile: { path: resolve('x.db') }, secret: { from: 'none' }, sshSecret: null }
    expect(application.calls).toEqual([{ method: 'connections.probe', input }])
  })

  it('tries a saved one with what the flags change', async () => {
    const { application } = await runCommand(['connection', 'test', 'shop', '--port', '5433'], answers)
    expect(application.calls.map(({ method }) => method)).toEqual(['connections.get', 'connections.probe'])
    expect(application.calls[1]?.input).toMatchObject({ connection: saved.id, profile: { host: 'db', port: 5433 } })
  })

  it('wants a name or an engine', async () => {
    expect((await runCommand(['connection', 'test'], answers)).exitCode).toBe(2)
  })
})

describe('other commands', () => {
  const latest = ['latest', '--connection', 'shop']
  const ref = { backup: 'latest', connection: 'shop' }
  const absolute = resolve('x')
  it.each<[readonly string[], Call]>([
    [['connection', 'test', 'shop'], { method: 'connections.test', input: { connection: 'shop' } }],
    [
      ['destination', 'add', '--name', 'disk', '--type', 'local', '--path', 'x'],
      {
        method: 'destinations.add',
        input: { name: 'disk', type: 'local', settings: { path: absolute }, secret: { from: 'none' } },
      },
    ],
    [['destination', 'rescan', 'disk'], { method: 'destinations.rescan', input: { destination: 'disk' } }],
    [['backups', 'show', ...latest], { method: 'backups.get', input: ref }],
    [['backups', 'pin', ...latest, '--off'], { method: 'backups.pin', input: { ...ref, pinned: false } }],
    [['backups', 'delete', ...latest, '--confirm', 'y'], { method: 'backups.delete', input: { ...ref, confirm: 'y' } }],
    [['backups', 'forget', ...latest], { method: 'backups.forget', input: { ...ref, assumeGone: false } }],
    [['backups', 'export', ...latest, 'x'], { method: 'backups.export', input: { ...ref, directory: absolute } }],
    [['backups', 'import', 'x', '--to', 'disk'], { method: 'backups.import', input: { path: absolute, to: 'disk' } }],
    [
      ['validate', 'b', '--level', 'restore', '--scratch', 'local-cluster'],
      {
        method: 'backups.validate',
        input: { backup: 'b', connection: null, level: 'restore', scratch: 'local-cluster', consent: null },
      },
    ],
    [
      ['compare', 'b', '--with', 'c'],
      { method: 'backups.compare', input: { backup: 'b', connection: null, with: 'c', live: null } },
    ],
    [
      ['compare', ...latest, '--live'],
      { method: 'backups.compare', input: { ...ref, with: null, live: { connection: 'shop', database: null } } },
    ],
    [
      ['rows', 'b', 'orders', '--where', 'a=1', '--where', String.raw`b=\N`, '--json'],
      {
        method: 'backups.rows',
        input: {
          backup: 'b',
          connection: null,
          table: 'orders',
          where: [
            { column: 'a', value: '1' },
            { column: 'b', value: null },
          ],
          limit: 100,
          streamId: null,
        },
      },
    ],
    [['jobs', 'list'], { method: 'jobs.list', input: { limit: 50 } }],
    [['jobs', 'show', 'j'], { method: 'jobs.get', input: { job: 'j' } }],
    [['jobs', 'log', 'j'], { method: 'jobs.log', input: { job: 'j' } }],
    [['jobs', 'cancel', 'j'], { method: 'jobs.cancel', input: { job: 'j' } }],
    [['audit', 'list', '--limit', '3'], { method: 'audit.list', input: { limit: 3 } }],
    [['audit', 'note', 'shop', 'moved'], { method: 'audit.note', input: { subject: 'shop', note: 'moved' } }],
    [['key', 'verify'], { method: 'keys.verify', input: { kit: null, passphrase: null } }],
  ])('%j', async (argv, call) => {
    expect(await asked(argv)).toEqual(call)
  })

  it('key create takes the passphrase from a file, or twice from a terminal', async () => {
    const argv = ['key', 'create', '--recovery-kit', 'x']
    const wanted = { method: 'keys.create', input: { kitDirectory: absolute, passphrase: 'correct horse' } }
    expect(await asked([...argv, '--passphrase-file', secretFile('correct horse\n')])).toEqual(wanted)
    expect(await asked(argv, {}, { typed: ['correct horse', 'correct horse'] })).toEqual(wanted)
    const twoDifferent = await runCommand(argv, {}, { typed: ['correct horse', 'wrong'] })
    expect([twoDifferent.exitCode, twoDifferent.application.calls]).toEqual([2, []])
    expect((await runCommand(argv)).stderr).toContain('--passphrase-file')
  })

  it('backup passes everything on', async () => {
    const argv = ['backup', 'shop', '--to', 'a', '--to', 'b', '--content', 'schema', '--include', 't', '--exclude', 'u']
    const more = [
      '--compression',
      'gzip:9',
      '--no-encrypt',
      '--description',
      'why',
      '--created-by',
      'ada',
      '--name',
      'n',
      '--output',
      'o.zst',
    ]
    expect((await asked([...argv, ...more], jobSucceeding('backups.start', sampleBackup()))).input).toEqual({
      connection: 'shop',
      database: null,
      to: ['a', 'b'],
      format: null,
      content: 'schema',
      include: ['t'],
      exclude: ['u'],
      excludeRows: [],
      compression: { name: 'gzip', level: 9 },
      encrypt: 'off',
      name: 'n',
      description: 'why',
      createdBy: 'ada',
      output: resolve('o.zst'),
      rolePasswords: null,
    })
    expect((await asked(['backup', 'shop'])).input).toMatchObject({ encrypt: 'auto', to: [] })
    expect((await asked(['backup', 'shop', '--encrypt'])).input).toMatchObject({ encrypt: 'on' })
  })

  it.each([
    ['sqlite', resolve('new db')],
    ['postgresql', 'new db'],
  ])('a database of %s is named as its engine names it', async (engine, database) => {
    const answers: Answers = {
      'backups.get': () => sampleBackup({ engine }),
      ...jobSucceeding('restores.plan', samplePlan()),
    }
    const plan = await asked(['restore', 'plan', 'b', '--database', 'new db', '--to', 'x'], answers)
    expect(plan.input).toMatchObject({ backup: 'b', database, to: 'x', mode: 'new', content: 'full' })
    const compare = await asked(['compare', 'b', '--live', '--database', 'new db'], answers)
    expect(compare.input).toMatchObject({ live: { database } })
  })

  it('restore plan imports a file first, and plans what came of it', async () => {
    const path = secretFile('PGDMP')
    const { id } = sampleBackup()
    const results: unknown[] = [{ id, origin: 'unknown' }, samplePlan()]
    const { application, stderr } = await runCommand(['restore', 'plan', path], {
      'backups.import': () => ({ jobId }),
      'restores.plan': () => ({ jobId }),
      'jobs.wait': () => jobOf(succeeded(results.shift())),
    })
    const [imported, , plan] = application.calls
    expect(imported).toEqual({ method: 'backups.import', input: { path, to: null } })
    expect(plan).toMatchObject({ method: 'restores.plan', input: { backup: id } })
    expect(stderr).toContain('origin unknown')
  })
})
