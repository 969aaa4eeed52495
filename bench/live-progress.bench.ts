import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type CDPSession, type Page } from '@playwright/test'
import Database from 'better-sqlite3'
import { chromiumPath } from '../e2e/servers/installed.ts'
import { startBrowserHost } from '../e2e/window/browser-host.ts'
import type { Row } from './harness.ts'

const jobs = 4
const mebibytes = 400
const cli = fileURLToPath(new URL('../dist/main/cli.js', import.meta.url))

/**
 * What a page costs that shows four jobs: share of one core that its main thread is busy, from the first progress of all four
 * until one of them has ended. No row where there is no Chromium.
 */
export async function liveProgressRows(folder: string): Promise<Row[]> {
  const executablePath = chromiumPath()
  if (executablePath === null) return []
  const place = join(folder, 'live')
  const home = join(place, 'home')
  mkdirSync(join(place, 'nas'), { recursive: true, mode: 0o700 })
  writeFileSync(join(place, 'vault-passphrase'), 'of the bench\n', { mode: 0o600 })
  const names = Array.from({ length: jobs }, (_, number) => `large${String(number)}`)
  const holdfast = (...args: readonly string[]) =>
    execFileSync(process.execPath, [cli, ...args], {
      env: { ...process.env, HOLDFAST_HOME: home, HOLDFAST_VAULT_PASSPHRASE_FILE: join(place, 'vault-passphrase') },
      stdio: 'ignore',
    })
  for (const name of names) {
    makeDatabase(join(place, `${name}.db`))
    holdfast('connection', 'add', '--name', name, '--engine', 'sqlite', '--path', join(place, `${name}.db`))
  }
  holdfast('destination', 'add', '--name', 'nas', '--type', 'local', '--path', join(place, 'nas'))

  const host = await startBrowserHost({ folder: place, home })
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
  try {
    const page = await browser.newPage({ viewport: { width: 1360, height: 900 } })
    await page.goto(host.address)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.goto(new URL('/activity', host.address).href)
    for (const name of names) await start(page, name)
    const bars = page.getByRole('progressbar')
    await page.waitForFunction((wanted) => document.querySelectorAll('[role=progressbar]').length >= wanted, jobs)
    const session = await page.context().newCDPSession(page)
    await session.send('Performance.enable', { timeDomain: 'threadTicks' })
    // Of the processor, not of the clock: the jobs want the processor too.
    const before = await mainThread(session)
    await page.waitForFunction((wanted) => document.querySelectorAll('[role=progressbar]').length < wanted, jobs, {
      timeout: 600_000,
      polling: 1_000,
    })
    const after = await mainThread(session)
    await bars.first().waitFor({ state: 'detached', timeout: 600_000 })
    const percent = (100 * (after.busySeconds - before.busySeconds)) / (after.atSeconds - before.atSeconds)
    const seconds = Math.round(after.atSeconds - before.atSeconds)
    return [
      {
        what: `window: main thread while ${String(jobs)} jobs run (over ${String(seconds)} s)`,
        measured: `${percent.toFixed(1)} % of a core`,
        value: percent,
        limit: 10,
        goal: null,
        isCeiling: true,
      },
    ]
  } finally {
    await browser.close()
    host.signal('SIGTERM')
    await host.ended
    rmSync(place, { recursive: true, force: true })
  }
}

function makeDatabase(path: string): void {
  const database = new Database(path)
  database.pragma('journal_mode = OFF')
  database.pragma('synchronous = OFF')
  database.exec('CREATE TABLE ballast (id INTEGER PRIMARY KEY, bytes BLOB)')
  const insert = database.prepare('INSERT INTO ballast (bytes) VALUES (randomblob(4096))')
  database.transaction(() => {
    for (let count = 0; count < mebibytes * 256; count++) insert.run()
  })()
  database.close()
}

async function start(page: Page, connection: string): Promise<void> {
  await page.evaluate(async (name) => {
    const headers = { 'content-type': 'application/json' }
    await fetch('/api/backups.start', { method: 'POST', headers, body: JSON.stringify({ connection: name }) })
  }, connection)
}

/** Seconds that the page's main thread was busy so far, and when that was. */
async function mainThread(session: CDPSession): Promise<{ readonly busySeconds: number; readonly atSeconds: number }> {
  const { metrics } = await session.send('Performance.getMetrics')
  const value = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN
  return { busySeconds: value('TaskDuration'), atSeconds: value('Timestamp') }
}
