/**
 * `npm run screenshots [-- <folder>]`: takes a picture of each page in both themes, of an installation that it makes for this, and puts
 * them into docs/screenshots. Needs Chromium.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { chromiumPath, installHint } from '../e2e/servers/installed.ts'
import { RestorePages } from '../e2e/pages/restore.ts'
import { startBrowserHost } from '../e2e/window/browser-host.ts'
import { fullScene } from '../e2e/window/full-scene.ts'
import { damageSampleDatabase } from '../main/engines/sqlite/sample-database.ts'
import { root, runProgram } from './build-steps/project.ts'

const output = process.argv[2] ?? join(root, 'docs/screenshots')
const viewport = { width: 1280, height: 800 }

const executablePath = chromiumPath()
if (executablePath === null) {
  console.error(`Chromium is not installed; ${installHint}`)
  process.exit(1)
}
if (!runProgram('build', []).isOk) process.exit(1)

const folder = mkdtempSync(join(tmpdir(), 'holdfast-pictures-'))
const home = join(folder, 'home')
writeFileSync(join(folder, 'vault-passphrase'), 'a passphrase for pictures\n', { mode: 0o600 })
mkdirSync(output, { recursive: true })
const host = await startBrowserHost({ folder, home })
const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
try {
  const page = await browser.newPage({ viewport })
  await page.goto(host.address)
  await take(page, 'start', '/')
  const { proven, missing, restore, connection } = await fullScene({
    folder,
    home,
    path: (...parts) => join(folder, ...parts),
  })
  const pages: Readonly<Record<string, string>> = {
    overview: '/',
    backups: '/backups',
    timeline: '/backups?view=timeline',
    backup: `/backups/${proven}`,
    'backup-missing': `/backups/${missing}`,
    validate: `/backups/${proven}/validate?level=restore`,
    'back-up': `/back-up?connection=${connection}`,
    restore: `/restore?connection=${connection}`,
    'restore-result': `/restores/${restore}`,
    compare: '/compare',
    inspect: '/inspect',
    connections: '/connections',
    connection: `/connections/${connection}`,
    'add-connection': '/connections/new',
    destinations: '/destinations',
    activity: '/activity',
    settings: '/settings',
  }
  for (const [name, route] of Object.entries(pages)) await take(page, name, route)
  await takeRestore(page, proven, join(folder, 'data/shop.db'))
} finally {
  await browser.close()
  host.signal('SIGTERM')
  await host.ended
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}

async function take(page: Page, name: string, route: string): Promise<void> {
  await page.goto(new URL(route, host.address).href)
  await shoot(page, name)
}

/** The steps of a restore over a database that changed since the backup. */
async function takeRestore(page: Page, backup: string, live: string): Promise<void> {
  damageSampleDatabase(live)
  const restore = new RestorePages(page)
  await page.goto(new URL(`/restore?step=target&backup=${backup}`, host.address).href)
  await restore.chooseOver('swap')
  await shoot(page, 'restore-target')
  await restore.makePlan()
  await shoot(page, 'restore-plan')
  await restore.continueToConfirm()
  await restore.name.fill('shop')
  await shoot(page, 'restore-confirm')
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.getByText(/^Loading /).waitFor({ state: 'detached' })
  await page.evaluate(() => document.fonts.ready)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.screenshot({ path: join(output, `${name}-${colorScheme}.png`) })
  }
}
