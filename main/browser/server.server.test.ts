import { get, type IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { Job } from '../../preload/contract/index.ts'
import type { Answer } from '../app/host.ts'
import { contentSecurityPolicy } from '../app/window-policy.ts'
import { StaticFiles } from './static-files.ts'
import { Listener, type Told } from './testing/listener.ts'
import { placeholder, useWindowServer } from './testing/window-server.ts'

const it_ = useWindowServer()

describe('the address', () => {
  it('is exchanged for a cookie and leaves the address bar', async () => {
    const { server, ask } = it_()
    const address = new URL(server.newAddress())
    expect(address.origin).toBe(`http://127.0.0.1:${server.port}`)
    const { status, headers, body } = await ask({ path: `/${address.search}`, cookie: null })
    expect({ status, body, location: headers.location }).toEqual({ status: 303, body: '', location: '/' })
    const [cookie = ''] = headers['set-cookie'] ?? []
    const opened = await ask({ cookie: cookie.split(';', 1)[0] ?? '' })
    expect(opened).toMatchObject({ status: 200, body: placeholder })
  })

  it('opened again by the same browser shows the window', async () => {
    const { server, ask } = it_()
    const path = `/${new URL(server.newAddress()).search}`
    await ask({ path, cookie: null })
    expect(await ask({ path })).toMatchObject({ status: 303 })
  })

  it('is of use under the name localhost too', async () => {
    const { server, ask } = it_()
    const path = `/${new URL(server.newAddress()).search}`
    expect(await ask({ path, cookie: null, headers: { host: `localhost:${server.port}` } })).toMatchObject({
      status: 303,
    })
  })

  it('says in a page of its own that there is no session', async () => {
    const { headers, body } = await it_().ask({ path: '/backups', cookie: null })
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/)
    expect(body).toContain('has no session')
  })
})

describe('the files of the window', () => {
  it.each(['/', '/backups', '/restore/01J/plan', '/assetsX'])('%s is the page, which is never kept', async (path) => {
    const { status, headers, body } = await it_().ask({ path })
    expect({ status, body }).toEqual({ status: 200, body: placeholder })
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    })
  })

  it('with a digest in their name may be kept for ever, and come packed where that is understood', async () => {
    const path = '/assets/main-AbCd1234.js'
    const plain = await it_().ask({ path })
    expect(plain.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'private, max-age=31536000, immutable',
    })
    expect(plain.headers['content-encoding']).toBeUndefined()
    const packed = await bytesOf(path, { 'accept-encoding': 'gzip, deflate, br' })
    expect(packed.length).toBeLessThan(plain.body.length / 5)
    expect(gunzipSync(packed).toString()).toBe(plain.body)
    const refused = await it_().ask({ path, headers: { 'accept-encoding': 'gzip;q=0' } })
    expect(refused.headers['content-encoding']).toBeUndefined()
  })

  it('answer HEAD without a body', async () => {
    const { status, headers, body } = await it_().ask({ method: 'HEAD', path: '/' })
    expect({ status, body, length: headers['content-length'] }).toEqual({
      status: 200,
      body: '',
      length: String(placeholder.length),
    })
  })

  it('that are not there are not made up', async () => {
    expect(await it_().ask({ path: '/assets/gone.js' })).toMatchObject({ status: 404 })
    expect(await it_().ask({ path: '/secret.txt' })).toMatchObject({ status: 404 })
  })

  it('are missed at the start', () => {
    expect(() => new StaticFiles(it_().folder)).toThrow('The window is not there')
  })
})

describe('a call', () => {
  it('is answered with the method’s answer, good news or not', async () => {
    const { call } = it_()
    const good = await call('connections.list', {})
    expect(good.status).toBe(200)
    expect(good.headers['cache-control']).toBe('no-store')
    expect(JSON.parse(good.body)).toEqual({ ok: true, data: [] })
    const bad = await call('connections.get', { connection: 'none' })
    expect(bad.status).toBe(200)
    expect(JSON.parse(bad.body)).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } })
  })
})

function isEndOf(jobId: string) {
  return ({ event, data }: Told): boolean => {
    if (event !== 'job.updated') return false
    const job = Job.parse(data)
    return job.id === jobId && ['succeeded', 'failed', 'cancelled'].includes(job.status.state)
  }
}

describe('events', () => {
  const open: Listener[] = []
  afterEach(() => {
    for (const listener of open.splice(0)) listener.close()
  })

  async function listen(headers: Record<string, string> = {}): Promise<Listener> {
    const listener = new Listener(await responseTo('/api/events', headers))
    open.push(listener)
    return listener
  }

  it('begin with the open prompts, and no job that has ended', async () => {
    const listener = await listen()
    expect(listener.type).toBe('text/event-stream; charset=utf-8')
    await listener.hears(({ event }) => event === 'prompts.changed')
    expect(listener.told.map(({ event }) => event)).toEqual(['prompts.changed'])
  })

  it('tell every window of a job until its end, and tell one that was away what it missed', async () => {
    const { application } = it_()
    const [first, second] = [await listen(), await listen()]
    const jobId = await startJob()
    const isEnd = isEndOf(jobId)
    await Promise.all([first.hears(isEnd), second.hears(isEnd)])
    const revisions = first.told
      .filter(({ event }) => event === 'job.updated')
      .map(({ data }) => Job.parse(data).revision)
    expect(revisions).toEqual(revisions.toSorted((a, b) => a - b))

    const fresh = await listen()
    await fresh.hears(({ event }) => event === 'prompts.changed')
    expect(fresh.told.some(isEnd)).toBe(false)
    const back = await listen({ 'last-event-id': '1' })
    await back.hears(isEnd)
    const { revision } = await done(application.invoke('jobs.get', { job: jobId }))
    expect(Job.parse(back.told.find(isEnd)?.data).revision).toBe(revision)
  })
})

function responseTo(path: string, headers: Record<string, string>): Promise<IncomingMessage> {
  const { server, cookie } = it_()
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port: server.port, path, agent: false, headers: { cookie, ...headers } }, resolve).on(
      'error',
      reject,
    )
  })
}

async function bytesOf(path: string, headers: Record<string, string>): Promise<Buffer> {
  return await buffer(await responseTo(path, headers))
}

/** Starts a backup of the sample database into a folder that was allowed at the start, and answers its job. */
async function startJob(): Promise<string> {
  const { application } = it_()
  const { name: connection } = await done(application.invoke('sample.create', {}))
  const { roots } = await done(application.invoke('paths.browse', {}))
  const folder = roots.find(({ label }) => label === 'allowed')?.picked ?? ''
  const { picked } = await done(application.invoke('paths.within', { folder, name: 'disk', makeFolder: true }))
  const settings = { path: { picked } }
  await done(
    application.invoke('destinations.add', { name: 'disk', type: 'local', settings, secret: { from: 'none' } }),
  )
  return (await done(application.invoke('backups.start', { connection }))).jobId
}

async function done<T>(answer: Promise<Answer<T>>): Promise<T> {
  const result = await answer
  if (!result.ok) throw new Error(result.error.message, { cause: result.error })
  return result.data
}
