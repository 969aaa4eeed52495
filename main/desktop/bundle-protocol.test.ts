import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { contentSecurityPolicy } from '../app/window-policy.ts'
import { listBundleFiles, registerBundleScheme, serveBundle } from './bundle-protocol.ts'
import { temporaryFolder, writeRenderer } from './testing/desktop.ts'
import { FakeElectron } from './testing/fake-electron.ts'

function serve() {
  const outside = temporaryFolder()
  writeFileSync(join(outside, 'secret.txt'), 'geheim')
  const folder = writeRenderer(join(outside, 'renderer'))
  symlinkSync(join(outside, 'secret.txt'), join(folder, 'link.txt'))
  const electron = new FakeElectron()
  serveBundle(electron.api, listBundleFiles(folder))
  const handler = electron.protocolHandlers.get('app')
  return async (url: string, init?: RequestInit) => {
    if (handler === undefined) throw new Error('Nothing serves the scheme.')
    const request = new Request('app://bundle/', init)
    // As Electron hands it over: `Request` itself would tidy the address up.
    Object.defineProperty(request, 'url', { value: url })
    return handler(request)
  }
}

it('is a scheme with an origin of its own that does not bypass the policy', () => {
  const electron = new FakeElectron()
  registerBundleScheme(electron.api)
  expect(electron.schemes).toEqual([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
})

it('serves files with their type, the policy, and no sniffing', async () => {
  const response = await serve()('app://bundle/assets/main.js')
  expect(await response.text()).toBe('export {}')
  expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  expect(response.headers.get('content-security-policy')).toBe(contentSecurityPolicy)
  expect(response.headers.get('x-content-type-options')).toBe('nosniff')
})

it('answers a route of the window with its page', async () => {
  const response = await serve()('app://bundle/activity/01JGH5QZ8M3X7V2K9P4R6T0WYB?x=1')
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(response.headers.get('content-security-policy')).toContain("script-src 'self'")
})

describe('does not serve', () => {
  it.each([
    ['a file that is not there', 'app://bundle/assets/other.js'],
    ['another host', 'app://other/index.html'],
    ['a path out of the folder', 'app://bundle/../secret.txt'],
    ['an encoded path out of the folder', 'app://bundle/%2e%2e%2fsecret.txt'],
    ['backslashes', 'app://bundle/..\\secret.txt'],
    ['a file of the system', 'app://bundle//etc/hosts.txt'],
    ['a link out of the folder', 'app://bundle/link.txt'],
    ['a NUL', 'app://bundle/index.html%00.js'],
  ])('%s', async (_, url) => {
    const response = await serve()(url)
    expect(response.status).toBe(404)
    expect(await response.text()).not.toContain('geheim')
    expect(response.headers.get('content-security-policy')).toBe(contentSecurityPolicy)
  })

  it('anything that is written to it', async () => {
    expect((await serve()('app://bundle/index.html', { method: 'POST', body: 'x' })).status).toBe(404)
  })
})
