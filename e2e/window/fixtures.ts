import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, type Page } from '@playwright/test'
import { chromiumPath, installHint } from '../servers/installed.ts'
import { isEverythingRequired } from '../servers/missing.ts'
import { startBrowserHost, type BrowserHost } from './browser-host.ts'
import { watchPage } from './page-complaints.ts'

/** The application as a person starts it: a HOLDFAST_HOME of its own, and a process that serves the window. */
export interface App {
  /** For what a spec makes: databases, kits. It is also the HOME, so that `paths.browse` begins here. */
  readonly folder: string
  readonly home: string
  /** The newest process. */
  readonly host: BrowserHost
  path(...parts: readonly string[]): string
  /** Opens a page of the window, in this browser's session: `/backups`. */
  open(route?: string): Promise<void>
  /** Ends the process without a word and starts another on the same home. The page's session has ended then. */
  restart(): Promise<void>
  /** What the pages may complain of in this test, besides nothing. */
  expectComplaint(pattern: RegExp): void
}

interface Options {
  /** Arguments of the browser host. */
  readonly hostArgs: readonly string[]
  /** Its environment besides the usual. */
  readonly hostEnv: Readonly<Record<string, string>>
}

interface Fixtures {
  /** A process that serves the window, and `page` with a session of it. */
  readonly app: App
  /** A second page in the same browser, watched like the first. */
  readonly secondPage: Page
  readonly complaints: { readonly allowed: RegExp[]; readonly found: string[] }
  readonly folder: string
}

/**
 * Playwright's `test` with the application. A test fails when a page of it writes an error to the console, throws, or
 * breaks the content security policy.
 */
export const test = base.extend<Fixtures & Options>({
  hostArgs: [[], { option: true }],
  hostEnv: [{}, { option: true }],

  folder: async ({ browserName: _ }, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'hf-app-'))
    writeFileSync(join(folder, 'vault-passphrase'), 'a vault passphrase for the tests\n', { mode: 0o600 })
    await use(folder)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  },

  complaints: async ({ browserName: _ }, use) => {
    const complaints = { allowed: [] as RegExp[], found: [] as string[] }
    await use(complaints)
    const rest = complaints.found.filter((text) => !complaints.allowed.some((pattern) => pattern.test(text)))
    if (rest.length > 0) throw new Error(`The page complained:\n${rest.join('\n')}`)
  },

  app: async ({ page, folder, complaints, hostArgs, hostEnv }, use) => {
    const home = join(folder, 'home')
    const start = () => startBrowserHost({ folder, home, args: hostArgs, env: hostEnv })
    let host = await start()
    await watchPage(page, complaints.found)
    let hasSession = false
    await use({
      folder,
      home,
      get host() {
        return host
      },
      path: (...parts) => join(folder, ...parts),
      open: async (route = '/') => {
        if (!hasSession) await page.goto(await host.newAddress())
        hasSession = true
        if (route !== '/') await page.goto(new URL(route, host.address).href)
      },
      restart: async () => {
        await end(host)
        hasSession = false
        host = await start()
      },
      expectComplaint: (pattern) => void complaints.allowed.push(pattern),
    })
    // The page's requests would fail on a server that has ended.
    await page.goto('about:blank')
    await end(host)
  },

  secondPage: async ({ context, complaints }, use) => {
    const page = await context.newPage()
    await watchPage(page, complaints.found)
    await use(page)
    await page.goto('about:blank')
  },
})

export { expect } from '@playwright/test'

test.beforeEach(() => {
  const reason = chromiumPath() === null ? `Chromium not installed; ${installHint}` : null
  if (reason !== null && isEverythingRequired()) throw new Error(`Can't run here: ${reason}`)
  test.skip(reason !== null, reason ?? '')
})

/** A running job is cancelled first. */
async function end(host: BrowserHost): Promise<void> {
  host.signal('SIGTERM')
  const late = setTimeout(() => host.signal('SIGKILL'), 10_000)
  await host.ended
  clearTimeout(late)
}
