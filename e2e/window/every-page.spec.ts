import type { Page } from '@playwright/test'
import { expectForEverybody } from './accessibility.ts'
import { expect, test } from './fixtures.ts'
import { fullScene } from './full-scene.ts'

const widths = [320, 900, 1360] as const

/** Pages that are the same whatever is there. */
const routes = [
  '/',
  '/backups',
  '/backups?view=timeline',
  '/restore',
  '/compare',
  '/connections',
  '/connections/new',
  '/destinations',
  '/destinations?add=true',
  '/activity',
  '/back-up',
  '/inspect',
  '/settings',
  '/settings?section=keys',
  '/no-such-page',
] as const

test.describe.configure({ mode: 'parallel', timeout: 600_000 })
// A trace of so many looks takes longer than the looks.
test.use({ trace: 'off' })

test('every page of a fresh start can be used by everybody and on every screen', async ({ app, page }) => {
  await app.open()
  for (const route of routes) await inspect(page, new URL(route, app.host.address).href)
})

test('every page of an installation in use can be used by everybody and on every screen', async ({ app, page }) => {
  const { proven, missing, restore, connection } = await fullScene(app)
  await app.open()
  const more = [
    `/backups/${proven}`,
    `/backups/${missing}`,
    `/backups/${proven}/validate?level=restore`,
    `/back-up?connection=${connection}`,
    `/restore?connection=${connection}`,
    `/restore?backup=${proven}`,
    `/restores/${restore}`,
    `/connections/${connection}`,
  ]
  for (const route of [...routes, ...more]) await inspect(page, new URL(route, app.host.address).href)
})

async function inspect(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(page.getByText(/^Loading /)).toHaveCount(0)
  await expectForEverybody(page, address)
  for (const width of widths) {
    await page.setViewportSize({ width, height: 800 })
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect.soft(overflow, `${address} scrolls sideways at ${String(width)} px`).toBeLessThanOrEqual(0)
  }
  await page.setViewportSize({ width: 1280, height: 800 })
}
