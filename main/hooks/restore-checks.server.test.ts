import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { ConnectionId } from '../../preload/contract/index.ts'
import { connectionRecord } from '../catalog/testing/records.ts'
import type { Engine } from '../engines/engine.ts'
import { openConnection, type OpenConnection } from '../workbench/workbench.ts'
import { answersAtBackup } from './answers.ts'
import { connectionsForChecks, withAccountIds } from './check-accounts.ts'
import { runRestoreChecks, type RestoreChecksRequest } from './restore-checks.ts'
import { useScene } from './testing/scene.ts'

const scene = useScene()

const query = (name: string, sql: string, expected: unknown, more: object = {}) => ({
  name,
  test: { kind: 'query', sql, expected, ...more },
})
const value = (text: string | null) => ({ kind: 'value', value: text })
const asAtBackup = { kind: 'as-at-backup' }

function check(on: OpenConnection, more: Partial<RestoreChecksRequest> = {}) {
  const { bench, database, job } = scene()
  return runRestoreChecks(bench, { on, database, answers: undefined, isDrill: false, ...more }, job.context)
}

describe('queries', () => {
  it('pass and fail by their first field, and never throw', async () => {
    const on = scene().withChecks(
      query('rows', 'SELECT count(*), 7 FROM orders', value('2')),
      query('wrong', 'SELECT count(*) FROM orders', value('3')),
      query('null', 'SELECT note FROM orders WHERE id = 2', value(null)),
      query('not null', 'SELECT note FROM orders WHERE id = 2', value('')),
      query('no row', 'SELECT note FROM orders WHERE id = 9', value(null)),
      query('broken', 'SELECT x FROM nowhere', value('1')),
    )
    expect(await check(on)).toEqual([
      { name: 'rows', outcome: 'passed', detail: null },
      { name: 'wrong', outcome: 'failed', detail: 'Expected "3", the answer is "2".' },
      { name: 'null', outcome: 'passed', detail: null },
      { name: 'not null', outcome: 'failed', detail: 'Expected "", the answer is NULL.' },
      { name: 'no row', outcome: 'failed', detail: 'Expected NULL, the answer is no row.' },
      { name: 'broken', outcome: 'failed', detail: expect.stringContaining('nowhere') as unknown },
    ])
  })

  it('"as at the backup" pass while nothing changed, and fail after something did', async () => {
    const { bench, database, job } = scene()
    const sql = "SELECT group_concat(ifnull(note, '-')) FROM orders"
    const on = scene().withChecks(
      query('notes', sql, asAtBackup),
      query('fixed', 'SELECT 1', value('1')),
      query('broken', 'SELECT x FROM nowhere', asAtBackup),
      query('empty', 'SELECT 1 WHERE 0', asAtBackup),
    )
    const asked = await answersAtBackup(bench, on, database, job.context)
    expect(asked.answers).toEqual([{ name: 'notes', sql, value: 'a,-' }])
    expect(asked.warnings.map(({ code }) => code)).toEqual(['CHECK_FAILED', 'CHECK_FAILED'])
    const { answers } = asked
    const outcomes = async () => (await check(on, { answers })).map(({ outcome }) => outcome)
    expect(await outcomes()).toEqual(['passed', 'passed', 'could-not-run', 'could-not-run'])
    const file = new Database(database)
    file.exec("UPDATE orders SET note = 'changed' WHERE id = 1")
    file.close()
    expect(await outcomes()).toEqual(['failed', 'passed', 'could-not-run', 'could-not-run'])
  })

  it('could not run where the backup has no answer to this very query', async () => {
    const on = scene().withChecks(query('notes', 'SELECT 2', asAtBackup))
    expect((await check(on))[0]).toMatchObject({
      outcome: 'could-not-run',
      detail: expect.stringMatching(/no answer/) as unknown,
    })
    const answers = [{ name: 'notes', sql: 'SELECT 1', value: '2' }]
    expect((await check(on, { answers }))[0]).toMatchObject({
      outcome: 'could-not-run',
      detail: expect.stringMatching(/was changed/) as unknown,
    })
  })

  it('are stopped with the job', async () => {
    const on = scene().withChecks(query('rows', 'SELECT 1', value('1')))
    const reason = scene().job.cancel()
    await expect(check(on)).rejects.toBe(reason)
  })
})

describe('the account of another connection', () => {
  /** An engine that answers with who asked whom. */
  const asked: Pick<Engine<unknown>, 'describe' | 'runSql' | 'profileSchema'> = {
    profileSchema: connectionRecord().profile as never,
    describe: (profile) => (profile as { host: string }).host,
    runSql: ({ profile, secret }, { database }) => {
      const { user } = profile as { user: string }
      return Promise.resolve([[`${user}/${secret.reveal() ?? '-'}/${database}`]])
    },
  }

  function withAccount(change: Parameters<typeof connectionRecord>[0], secret: string | null, isDrill = false) {
    const { bench, catalog } = scene()
    const reader = connectionRecord({ name: 'reader', profile: { host: 'a', user: 'reader' }, ...change })
    catalog.connections.add(reader)
    const real = bench.engine('postgresql')
    const engine = { ...real, ...asked, profileSchema: { parse: (profile: unknown) => profile } } as Engine<unknown>
    const own = connectionRecord({
      name: 'own',
      profile: { host: 'a', user: 'owner' },
      checks: [
        {
          name: 'who',
          test: { kind: 'query', sql: '', expected: { kind: 'value', value: 'reader/s/shop' }, account: reader.id },
          timeoutSeconds: 5,
        },
      ],
    })
    const secrets = { ...bench.secrets, connections: secret === null ? {} : { [reader.id]: secret } }
    const changed = { ...bench, engine: () => engine, secrets }
    return runRestoreChecks(
      changed,
      { on: openConnection(changed, own), database: 'shop', answers: [], isDrill },
      scene().job.context,
    )
  }

  it('asks with its user and secret in the restored database', async () => {
    expect(await withAccount({}, 's')).toEqual([{ name: 'who', outcome: 'passed', detail: null }])
  })

  it('never asks another server instead', async () => {
    const [row] = await withAccount({ profile: { host: 'production', user: 'reader' } }, 's')
    expect(row).toMatchObject({
      outcome: 'could-not-run',
      detail: expect.stringMatching(/opens another server \(production, not a\)/) as unknown,
    })
  })

  it("gives way to the restore test's own account, and says so", async () => {
    const [row] = await withAccount({}, 's', true)
    expect(row?.detail).toMatch(/the answer is "owner\/-\/shop"\. Asked with the restore test's own account/)
  })

  it('could not run without its secret', async () => {
    expect((await withAccount({}, null))[0]).toMatchObject({
      outcome: 'could-not-run',
      detail: expect.stringMatching(/password/) as unknown,
    })
  })

  it('is stored by its id, of the same engine only, and its secret belongs to the job', () => {
    const { catalog } = scene()
    const reader = connectionRecord({ name: 'reader' })
    catalog.connections.add(reader)
    const on = scene().withChecks(query('who', 'SELECT 1', value('1'), { account: 'reader' }))
    expect(() => withAccountIds(catalog, on.row, on.row.checks)).toThrow('of another engine')
    const [stored] = withAccountIds(catalog, connectionRecord(), on.row.checks)
    expect(stored?.test).toMatchObject({ account: reader.id })
    expect(connectionsForChecks(catalog, { checks: stored === undefined ? [] : [stored] })).toEqual([reader])
    const missing = on.row.checks.map((each) => ({
      ...each,
      test: { ...each.test, account: ConnectionId.parse(reader.id.replace(/^../, '7Z')) },
    }))
    expect(() => withAccountIds(catalog, connectionRecord(), missing as never)).toThrow('no connection')
    expect(() => withAccountIds(catalog, on.row, [...on.row.checks, ...on.row.checks])).toThrow('Two checks')
  })
})

describe('URLs', () => {
  const url = (address: string, more: object = {}, timeoutSeconds = 5) => ({
    name: 'health',
    test: { kind: 'url', url: address, ...more },
    timeoutSeconds,
  })

  it('are tried again until they answer as expected', async () => {
    let asked = 0
    const address = await scene().serve((_request, response) => {
      asked += 1
      response.writeHead(asked < 3 ? 503 : 200).end('starting')
    })
    const [row] = await check(scene().withChecks(url(address, { retrySeconds: 10 })))
    expect(row).toEqual({ name: 'health', outcome: 'passed', detail: 'status 200' })
    expect(asked).toBe(3)
  })

  it('fail when the window is over, with the last answer', async () => {
    const address = await scene().serve((_request, response) => response.writeHead(503).end('still starting\u0007'))
    const startedAt = performance.now()
    const [row] = await check(scene().withChecks(url(address, { retrySeconds: 1.5 })))
    expect(row).toEqual({
      name: 'health',
      outcome: 'failed',
      detail: 'It answered with status 503.\nstill starting (tried 3 times in 1.5 s)',
    })
    expect(performance.now() - startedAt).toBeGreaterThan(1_400)
  })

  it('are tried once without a window, and a server that is not there is a row', async () => {
    const [row] = await check(scene().withChecks(url('http://127.0.0.1:9/')))
    expect(row).toMatchObject({
      outcome: 'failed',
      detail: expect.stringMatching(/^There was no answer from 127\.0\.0\.1:9/) as unknown,
    })
  })

  it('have a time-out', async () => {
    const address = await scene().serve(() => undefined)
    const [row] = await check(scene().withChecks(url(address, {}, 0.3)))
    expect(row).toMatchObject({
      outcome: 'failed',
      detail: expect.stringMatching(/^It did not end within 0\.3 s/) as unknown,
    })
  })

  it('are left when the job is stopped', async () => {
    const address = await scene().serve((_request, response) => response.writeHead(503).end())
    const running = check(scene().withChecks(url(address, { retrySeconds: 60 })))
    await sleep(300)
    const reason = scene().job.cancel()
    await expect(running).rejects.toBe(reason)
  })

  it('count the statuses that were asked for', async () => {
    const address = await scene().serve((_request, response) => response.writeHead(503).end())
    expect(await check(scene().withChecks(url(address, { expectedStatus: [503] })))).toMatchObject([
      { outcome: 'passed' },
    ])
  })

  it('follow redirects on the same host and to no other', async () => {
    let wasAsked = false
    const other = await scene().serve((_request, response) => {
      wasAsked = true
      response.end('secret')
    })
    const address = await scene().serve((request, response) => {
      const to = { '/': '/moved', '/away': other, '/loop': '/loop' }[request.url ?? '']
      if (to === undefined) response.end('ok')
      else response.writeHead(302, { location: to }).end()
    })
    const outcomeOf = async (path: string) => (await check(scene().withChecks(url(`${address}${path}`))))[0]
    expect(await outcomeOf('/')).toMatchObject({ outcome: 'passed' })
    expect(await outcomeOf('/away')).toMatchObject({
      outcome: 'failed',
      detail: expect.stringMatching(/points to another host/) as unknown,
    })
    expect(await outcomeOf('/loop')).toMatchObject({
      outcome: 'failed',
      detail: expect.stringMatching(/more than 5 times/) as unknown,
    })
    expect(wasAsked).toBe(false)
  })
})

describe('commands', () => {
  it('are told which database was restored, and whether it is a restore test', async () => {
    const script = scene().script('check', 'echo "$HOLDFAST_EVENT $HOLDFAST_PHASE $HOLDFAST_DATABASE"', 'exit 4')
    const ofScript = { kind: 'command', argv: [script] }
    const on = scene().withChecks(
      { name: 'told', test: ofScript },
      { name: 'allowed', test: { ...ofScript, allowedExitCodes: [4] } },
    )
    expect(await check(on, { isDrill: true, database: 'scratch' })).toEqual([
      { name: 'told', outcome: 'failed', detail: 'It ended with 4.\nrestore-test check scratch' },
      { name: 'allowed', outcome: 'passed', detail: 'exit code 4' },
    ])
  })

  it('could not run where there is no such program', async () => {
    const on = scene().withChecks({ name: 'gone', test: { kind: 'command', argv: ['/nowhere/at/all'] } })
    expect(await check(on)).toMatchObject([{ outcome: 'could-not-run' }])
  })
})
