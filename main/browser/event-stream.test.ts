import { createServer, get, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { FakeApplication, jobOf, succeeded } from '../cli/testing/fake-application.ts'
import { EventStreams } from './event-stream.ts'
import { Listener } from './testing/listener.ts'

const running = jobOf(
  { state: 'running', startedAt: '2026-01-01T10:00:00.000Z', progress: null, isCancelling: false },
  4,
)
const over = { ...jobOf(succeeded(null), 9), id: '01J00000000000000000000002' as typeof running.id }
let application: FakeApplication
let streams: EventStreams
let server: Server

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  application = new FakeApplication({ 'jobs.list': () => [over, running], 'prompts.list': () => [] })
  streams = new EventStreams(application)
  server = createServer((request, response) => void streams.answer(request, response))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  streams.close()
  server.close()
  vi.useRealTimers()
})

function connect(headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const { port } = server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, agent: false, headers }, resolve).on('error', reject)
  })
}

const isPrompts = ({ event }: { event: string }) => event === 'prompts.changed'

it('begins with the unfinished jobs and the prompts', async () => {
  const listener = new Listener(await connect())
  await listener.hears(isPrompts)
  expect(listener.told).toEqual([
    { event: 'job.updated', data: running },
    { event: 'prompts.changed', data: { prompts: [] } },
  ])
})

it('tells a window that was away of what has ended meanwhile', async () => {
  const listener = new Listener(await connect({ 'last-event-id': '7' }))
  await listener.hears(isPrompts)
  expect(listener.told.map(({ data }) => data)).toEqual([running, over, { prompts: [] }])
})

it('beats every 15 seconds', async () => {
  const response = await connect()
  let text = ''
  response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  await vi.waitFor(() => expect(text).toContain('prompts.changed'))
  vi.advanceTimersByTime(15_000)
  await vi.waitFor(() => expect(text).toContain(': alive\n\n'))
})

it('forgets a window that left', async () => {
  const response = await connect()
  expect(streams.size).toBe(1)
  response.destroy()
  await vi.waitFor(() => expect(streams.size).toBe(0))
})

it('drops a window that does not read, and goes on telling the others', async () => {
  const stuck = await connect()
  const reader = new Listener(await connect())
  let sentBytes = 0
  const line = { at: '2026-01-01T10:00:00.000Z', level: 'info', stage: null, message: 'x'.repeat(100_000) } as const
  while (streams.size === 2 && sentBytes < 200_000_000) {
    sentBytes += line.message.length
    const before = reader.told.length
    await application.emit('job.log', { jobId: running.id, line })
    await reader.hears(() => reader.told.length > before)
  }
  expect(streams.size).toBe(1)
  // What the two sockets hold is the system's; what this process holds beyond it is bounded.
  expect(sentBytes).toBeLessThan(50_000_000)
  stuck.destroy()
})

it('refuses the window that is one too many', async () => {
  const responses = await Promise.all(Array.from({ length: 64 }, () => connect()))
  expect((await connect()).statusCode).toBe(503)
  for (const response of responses) response.destroy()
})

it('listens no more once it is closed', async () => {
  streams.close()
  await application.emit('catalog.changed', { revision: 1 })
  expect(streams.size).toBe(0)
})
