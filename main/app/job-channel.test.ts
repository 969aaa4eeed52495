import { EventEmitter } from 'node:events'
import { expect, it, vi } from 'vitest'
import { jobChannel } from './job-channel.ts'

it("speaks over Electron's port in a utility process", async () => {
  const emitter = new EventEmitter()
  const port = Object.assign(emitter, { postMessage: vi.fn<(message: unknown) => void>() })
  const channel = jobChannel(port)
  const heard = vi.fn<(message: unknown) => void>()
  channel.onMessage(heard)
  emitter.emit('message', { data: { type: 'start' }, ports: [] })
  expect(heard.mock.calls).toEqual([[{ type: 'start' }]])
  await channel.send({ type: 'aborting' })
  expect(port.postMessage.mock.calls).toEqual([[{ type: 'aborting' }]])
})

it('speaks over the channel of a fork elsewhere, and says when there is none', async () => {
  const connected = process.connected
  Object.defineProperty(process, 'connected', { value: false, configurable: true, writable: true })
  try {
    await expect(jobChannel(undefined).send({})).rejects.toMatchObject({ code: 'INTERRUPTED' })
  } finally {
    Object.defineProperty(process, 'connected', { value: connected, configurable: true, writable: true })
  }
})
