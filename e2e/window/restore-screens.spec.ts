import type { Page } from '@playwright/test'
import { RestorePages } from '../pages/restore.ts'
import { expectForEverybody } from './accessibility.ts'
import { expect, test } from './fixtures.ts'
import { itemsOf, runSqlite, sqliteScene } from './restore-scene.ts'

test.describe.configure({ mode: 'parallel', timeout: 600_000 })

test('every step of a swap is for everybody, in light, dark and forced colours', async ({ app, page }) => {
  const { file } = await sqliteScene(app, { environment: 'production' })
  runSqlite(file, 'DELETE FROM orders WHERE id = 1; CREATE TABLE extra (x)')
  await walk(
    page,
    () => app.open('/restore'),
    (step) => expectForEverybody(page, step),
  )
  expect(itemsOf(file)).toHaveLength(3)
})

test('the whole restore at 320 CSS pixels, without a page that scrolls sideways', async ({ app, page }) => {
  const { file } = await sqliteScene(app, { environment: 'production' })
  runSqlite(file, 'DELETE FROM orders WHERE id = 1; CREATE TABLE extra (x)')
  await page.setViewportSize({ width: 320, height: 640 })
  await walk(
    page,
    () => app.open('/restore'),
    async (step) => {
      const width = await page.evaluate(() => document.documentElement.scrollWidth)
      expect(width, step).toBeLessThanOrEqual(320)
    },
  )
  expect(itemsOf(file)).toHaveLength(3)
})

/** A swap over the connection's own database from its first step to the look at Undo. */
async function walk(page: Page, open: () => Promise<void>, look: (step: string) => Promise<void>): Promise<void> {
  const wizard = new RestorePages(page)
  // A colour on its way to another is no colour of the page.
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await open()
  await expect(page.getByRole('radio').first()).toBeAttached()
  await look('backup')
  await page
    .getByRole('radiogroup', { name: /Backups/ })
    .locator('label')
    .first()
    .click()
  await wizard.button('Look into it').click()
  await expect(page.getByText(/^This backup holds/)).toBeVisible()
  await look('contents')
  await wizard.button('Choose the target').click()
  await wizard.chooseOver('swap')
  await look('target')
  await wizard.makePlan()
  await look('plan')
  await wizard.button('Continue to confirm').click()
  await expect(wizard.name).toBeVisible()
  await look('confirm')
  await wizard.name.fill('shop.db')
  await page.locator('label').filter({ hasText: 'This is production' }).click()
  await wizard.button('Replace shop.db').click()
  await wizard.result()
  await expect(page.getByText(/is equal to the backup/)).toBeVisible()
  await look('result')
  await wizard.button('Undo…').click()
  await expect(wizard.name).toBeVisible({ timeout: 60_000 })
  await look('undo')
  await wizard.button('Close').click()
  await wizard.button(/^Finish/).click()
  await expect(wizard.name).toBeVisible()
  await look('finish')
}
