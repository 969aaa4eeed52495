import { readFileSync } from 'node:fs'
import { beforeEach, expect, it, vi } from 'vitest'
import { channels } from './contract/channels.ts'

const electron = vi.hoisted(() => ({
  contextBridge: { exposeInMainWorld: vi.fn<(name: string, api: unknown) => void>() },
  ipcRenderer: {
    invoke: vi.fn<(...args: unknown[]) => Promise<unknown>>(),
    on: vi.fn<(channel: string, listener: (...args: unknown[]) => void) => void>(),
    off: vi.fn<(channel: string, listener: (...args: unknown[]) => void) => void>(),
    send: vi.fn<(...args: unknown[]) => void>(),
  },
  webUtils: { getPathForFile: vi.fn<(file: File) => string>() },
}))
vi.mock('electron', () => electron)

interface Bridge {
  invoke(method: string, input: unknown): Promise<unknown>
  subscribe(event: string, listener: (...args: unknown[]) => void): () => void
  pathOfDropped(file: File): Promise<unknown>
}
let bridge: Bridge
let name: string
beforeEach(async () => {
  vi.clearAllMocks()
  vi.resetModules()
  await import('./index.ts')
  const [exposed] = electron.contextBridge.exposeInMainWorld.mock.calls
  ;[name, bridge] = exposed as [string, Bridge]
})

it('hands the window three functions, and nothing of Electron', () => {
  expect(name).toBe('holdfast')
  expect(Object.keys(bridge)).toEqual(['invoke', 'subscribe', 'pathOfDropped'])
  expect(electron.contextBridge.exposeInMainWorld).toHaveBeenCalledOnce()
})

it('calls a method over one channel, whatever its name', async () => {
  electron.ipcRenderer.invoke.mockResolvedValue({ ok: true, data: [] })
  expect(await bridge.invoke('jobs.list', { limit: 1 })).toEqual({ ok: true, data: [] })
  expect(electron.ipcRenderer.invoke).toHaveBeenCalledWith(channels.invoke, 'jobs.list', { limit: 1 })
})

it('hands on the payload of one event, never the event object', () => {
  const listener = vi.fn<(...args: unknown[]) => void>()
  bridge.subscribe('job.updated', listener)
  const [channel, hear] = electron.ipcRenderer.on.mock.calls[0] ?? []
  expect(channel).toBe(channels.event)
  hear?.({ sender: electron.ipcRenderer }, 'job.updated', { id: 1 })
  hear?.({ sender: electron.ipcRenderer }, 'job.log', { id: 2 })
  expect(listener.mock.calls).toEqual([[{ id: 1 }]])
  expect(electron.ipcRenderer.send).toHaveBeenCalledWith(channels.listening, 'job.updated')
})

it('stops listening', () => {
  const stop: unknown = bridge.subscribe('job.updated', () => undefined)
  const hear = electron.ipcRenderer.on.mock.calls[0]?.[1]
  expect((stop as () => unknown)()).toBeUndefined()
  expect(electron.ipcRenderer.off).toHaveBeenCalledWith(channels.event, hear)
})

it('sends the path of a dropped file to main, and hands back what main answers', async () => {
  const file = new File([], 'shop.dump')
  electron.webUtils.getPathForFile.mockReturnValue('/srv/shop.dump')
  electron.ipcRenderer.invoke.mockResolvedValue({ ok: true, data: { picked: 'p1', path: '/srv/shop.dump' } })
  expect(await bridge.pathOfDropped(file)).toMatchObject({ data: { picked: 'p1' } })
  expect(electron.ipcRenderer.invoke).toHaveBeenCalledWith(channels.dropped, '/srv/shop.dump')
})

it('is short enough to be read at a glance', () => {
  const source = readFileSync(new URL('./index.ts', import.meta.url), 'utf8')
  expect(source.split('\n').length).toBeLessThan(40)
})
