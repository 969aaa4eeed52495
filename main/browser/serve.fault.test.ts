import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Job } from '../../preload/contract/index.ts'
import { startBrowserHost, type BrowserHost } from '../../e2e/window/browser-host.ts'
import { useSandbox } from '../../e2e/system/harness.ts'
import { useSqlite } from '../../e2e/system/sources.ts'
import { writePlaceholder } from './testing/window-server.ts'

const source = useSqlite()
const box = useSandbox()
const hosts: BrowserHost[] = []

beforeAll(async () => {
  await source().prepare(box())
  mkdirSync(box().path('window'))
  writePlaceholder(box().path('window'))
})
afterEach(async () => {
  for (const host of hosts.splice(0)) {
    host.signal('SIGKILL')
    await host.ended
  }
})

async function serve(...args: readonly string[]): Promise<BrowserHost> {
  const { folder, home } = box()
  const started = await startBrowserHost({ folder, home, fromSource: true, args: ['--renderer', 'window', ...args] })
  hosts.push(started)
  return started
}

/** Has the window start a backup of the sandbox's connection, and waits until its hook `name` runs. Answers the job. */
async function backUpUntil({ address }: BrowserHost, name: string): Promise<string> {
  const { origin } = new URL(address)
  const exchanged = await fetch(address, { redirect: 'manual' })
  const cookie = exchanged.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
  const answered = await fetch(`${origin}/api/backups.start`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json' },
    body: JSON.stringify({ connection: 'main' }),
  })
  const { data } = (await answered.json()) as { data: { jobId: string } }
  await vi.waitFor(() => expect(existsSync(box().path(`${name}.ran`))).toBe(true), { timeout: 30_000 })
  return data.jobId
}

async function hook(name: string, phase: string, ...lines: readonly string[]): Promise<void> {
  const path = box().path(name)
  writeFileSync(path, ['#!/bin/sh', `echo $$ >${path}.ran`, ...lines, ''].join('\n'), { mode: 0o755 })
  const hooks = [{ name, on: 'backup', phase, action: { kind: 'command', argv: [path] } }]
  writeFileSync(box().path('hooks.json'), JSON.stringify(hooks))
  await box().data(['connection', 'edit', 'main', '--hooks', 'hooks.json'])
}

async function stateOf(jobId: string): Promise<string> {
  const jobs = await box().data<readonly Job[]>(['jobs', 'list'])
  return jobs.find(({ id }) => id === jobId)?.status.state ?? 'gone'
}

describe('the end of the browser host', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'with %s names the running job, cancels it, and is orderly',
    async (signal) => {
      const name = `before-${signal}`
      await hook(name, 'before', 'exec sleep 60')
      const host = await serve()
      const jobId = await backUpUntil(host, name)
      host.signal(signal)
      expect(await host.ended).toBe(0)
      expect(host.stderr()).toContain('Cancelling: ')
      expect(host.stderr()).toContain('main')
      expect(await stateOf(jobId)).toBe('cancelled')
      expect(await box().jobProcesses()).toEqual([])
    },
  )

  it('waits for hooks that always run; the second Ctrl-C does not', async () => {
    // The next start runs it again, since it was not seen to end: it is quick then.
    const again = box().path('again')
    await hook('always', 'after-always', `test -e ${again} && exit 0`, `touch ${again}`, 'trap "" TERM', 'sleep 20')
    const host = await serve()
    await backUpUntil(host, 'always')
    host.signal('SIGINT')
    await host.said('Cancelling: ')
    const startedAt = performance.now()
    host.signal('SIGINT')
    expect(await host.ended).toBe(130)
    expect(performance.now() - startedAt).toBeLessThan(1_500)
    process.kill(Number(readFileSync(box().path('always.ran'), 'utf8')), 'SIGKILL')
  })

  it('without a job is at once', async () => {
    const host = await serve()
    host.signal('SIGINT')
    expect(await host.ended).toBe(0)
    expect(host.stderr()).not.toContain('Cancelling')
  })
})

describe('a start that cannot be', () => {
  it('says that the port is taken', async () => {
    const blocker = createServer()
    await new Promise<void>((resolve) => void blocker.listen(0, '127.0.0.1', resolve))
    const { port } = blocker.address() as AddressInfo
    await expect(serve('--port', String(port))).rejects.toThrow(
      `ended with 1.\nPort ${port} of this machine can't be used.`,
    )
    blocker.close()
  })

  it('says that the window is not built', async () => {
    await expect(serve('--renderer', 'disk')).rejects.toThrow('The window is not there')
  })
})

describe('holdfast serve', () => {
  it('is the browser host, in the words of its help and in its refusals', async () => {
    const help = await box().run(['serve', '--help'])
    expect(help).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('usage: holdfast serve') })
    expect((await box().run(['serve', '--port', 'x'])).exitCode).toBe(2)
    expect((await box().run(['--json', 'serve'])).exitCode).toBe(2)
  })

  it('prints its address, and ends when it is asked to', async () => {
    const running = box().start(['serve', '--renderer', 'window'])
    expect(await running.said('works once')).toBe(true)
    running.signal('SIGTERM')
    expect(await running.ended).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/\?token=\S+\n$/),
    })
  })
})
