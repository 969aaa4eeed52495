import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { chromium, type Page } from '@playwright/test'
import { chromiumPath } from '../e2e/servers/installed.ts'
import { startBrowserHost } from '../e2e/window/browser-host.ts'
import { Catalog } from '../main/catalog/catalog.ts'
import { fillCatalog } from '../main/catalog/testing/many-backups.ts'
import { median, type Row } from './harness.ts'

const backups = 100_000
const starts = 5
const frames = 300
const pixelsPerFrame = 400

/** The window over 100,000 backups, in the Chromium of this machine: start, size, scrolling. No rows where there is none. */
export async function windowRows(folder: string): Promise<Row[]> {
  const executablePath = chromiumPath()
  if (executablePath === null) return []
  const place = join(folder, 'window')
  const home = join(place, 'home')
  mkdirSync(home, { recursive: true, mode: 0o700 })
  writeFileSync(join(place, 'vault-passphrase'), 'of the bench\n', { mode: 0o600 })
  const catalog = Catalog.open({ home, appVersion: 'bench' })
  const { path } = catalog
  catalog.close()
  fillCatalog(path, backups)
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
  try {
    const begun: number[] = []
    let bytes = 0
    let scrolled: readonly number[] = []
    for (let start = 0; start <= starts; start++) {
      const began = performance.now()
      const host = await startBrowserHost({ folder: place, home })
      const page = await browser.newPage({ viewport: { width: 1360, height: 900 } })
      const scripts = collectScripts(page)
      await page.goto(host.address)
      await page.getByText('No database is registered yet.').waitFor()
      // The first one warms the caches of files.
      if (start > 0) begun.push((performance.now() - began) / 1_000)
      bytes = await scripts()
      if (start === starts) scrolled = await scroll(page, new URL('/backups', host.address).href)
      await page.close()
      host.signal('SIGTERM')
      await host.ended
    }
    return [
      row('usable after start (browser host, warm)', median(begun), 's', 2, 1, 2),
      row('JavaScript of the first page, gzip', bytes / 1_000, 'kB', 320, 260, 0),
      row('scrolling 100,000 backups: longest frame', Math.max(...scrolled), 'ms', 50, null, 0),
      row('scrolling 100,000 backups: frame, p95', percentile(scrolled, 0.95), 'ms', null, 17, 0),
    ]
  } finally {
    await browser.close()
  }
}

/** Scrolls as fast as somebody who looks for something; answers the time between two frames, each in milliseconds. */
async function scroll(page: Page, address: string): Promise<readonly number[]> {
  await page.goto(address)
  const grid = page.getByRole('grid')
  await page.locator(`[role=grid][aria-rowcount="${String(backups + 1)}"]`).waitFor()
  await grid.getByText('Unproven').first().waitFor()
  return await grid.evaluate(
    async (element, { frames: count, pixelsPerFrame: step }) => {
      const box = [element, ...element.querySelectorAll('*')].find(
        (each) => each.scrollHeight > each.clientHeight + 1_000,
      )
      if (box === undefined) throw new Error('Nothing scrolls.')
      const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve))
      const times: number[] = []
      let last = await frame()
      for (let number = 0; number < count; number++) {
        box.scrollTop += step
        const now = await frame()
        times.push(now - last)
        last = now
      }
      return times
    },
    { frames, pixelsPerFrame },
  )
}

function collectScripts(page: Page): () => Promise<number> {
  const sizes: Promise<number>[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() !== 'script') return
    sizes.push(response.body().then((body) => gzipSync(body).length))
  })
  return async () => (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

function percentile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN
}

function row(
  what: string,
  value: number,
  unit: string,
  limit: number | null,
  goal: number | null,
  digits: number,
): Row {
  return { what: `window: ${what}`, measured: `${value.toFixed(digits)} ${unit}`, value, limit, goal, isCeiling: true }
}
