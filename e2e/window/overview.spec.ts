import { mkdirSync } from 'node:fs'
import { createSampleDatabase } from '../../main/engines/sqlite/sample-database.ts'
import { OverviewPage } from '../pages/overview.ts'
import { commandLine } from './command-line.ts'
import { expect, test, type App } from './fixtures.ts'

const mostInteractions = 12

test('from the empty start to a validated backup of the sample database in at most 12 interactions', async ({
  app,
  page,
}) => {
  await app.open()
  const overview = new OverviewPage(page)
  await expect(page.getByText('No database is registered yet.')).toBeVisible()
  await expect(overview.step('The first backup')).toContainText('Waits for a database.')
  await expect(overview.step('The first proof')).toContainText('Waits for the first backup.')

  await overview.press('Use the sample database')
  await expect(overview.step('A database')).toContainText('Completed')
  await expect(overview.step('A place for the backups')).toContainText('Not yet')
  await overview.press('Use this folder')
  await expect(overview.step('A place for the backups')).toContainText('Completed')
  await overview.press('Back up…')
  await overview.press('Check and start')
  await overview.press('Back up sample')
  const prove = page.getByRole('link', { name: /restore test|test .*restore|prove/i }).first()
  await expect(prove).toBeVisible({ timeout: 60_000 })
  overview.interactions += 1
  await prove.click()
  await overview.press('Start the restore test')
  await expect(page.getByText('Proven').first()).toBeVisible({ timeout: 60_000 })
  expect(overview.interactions).toBeLessThanOrEqual(mostInteractions)

  await page.goto(new URL('/', page.url()).href)
  await expect(overview.row('sample')).toContainText('Protected')
  await expect(overview.row('sample')).toContainText('Proven')
  await expect(overview.step('The first proof')).toContainText('Completed')
  await expect(page.getByText(/^If sample were lost now, everything written after today .* measured\.$/)).toBeVisible()
})

test('says what is wrong first, each with the button that mends it', async ({ app, page }) => {
  await twoDatabases(app)
  await app.open()
  const overview = new OverviewPage(page)
  await expect(page.getByText(/^billing: no good backup yet/)).toBeVisible()
  await expect(page.getByText('If billing were lost now, all of it would be gone')).toBeVisible()
  await expect(overview.row('billing')).toContainText('Not yet')
  await expect(overview.row('shop')).toContainText('Unproven')
  await expect(overview.row('shop')).toContainText('production')
  const strip = overview.row('shop').getByRole('list', { name: /^shop, 30 days: 1 good, 29 without a backup$/ })
  await expect(strip.getByRole('listitem')).toHaveCount(30)

  await expect(overview.attention.getByRole('link', { name: 'Test the restore: shop' })).toHaveAttribute(
    'href',
    /\/backups\/[0-9A-Z]{26}\/validate\?level=restore$/,
  )
  await overview.attention.getByRole('link', { name: 'Back up now: billing' }).click()
  await expect(page).toHaveURL(/\/back-up\?connection=/)
})

test('a row opens what can be done with its database, by keyboard alone', async ({ app, page }) => {
  await twoDatabases(app)
  await app.open()
  const menu = new OverviewPage(page).row('shop').getByRole('button', { name: 'Actions for shop' })
  await menu.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('menuitem', { name: 'Back up…' })).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('menuitem', { name: 'Restore…', exact: true })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/restore\?connection=/)
})

test('shows a backup that another process took', async ({ app, page }) => {
  await twoDatabases(app)
  await app.open()
  const overview = new OverviewPage(page)
  await expect(overview.row('billing')).toContainText('Not yet')
  await commandLine(app, ['backup', 'billing'])
  await page.reload()
  await expect(overview.row('billing')).toContainText('Protected')
})

/** `shop` with a backup, `billing` without. */
async function twoDatabases(app: App): Promise<void> {
  mkdirSync(app.path('nas'))
  await commandLine(app, ['destination', 'add', '--name', 'NAS', '--type', 'local', '--path', app.path('nas')])
  for (const [name, environment] of [
    ['shop', 'production'],
    ['billing', 'staging'],
  ] as const) {
    const file = app.path(`${name}.db`)
    createSampleDatabase(file)
    const where = ['--engine', 'sqlite', '--path', file, '--environment', environment]
    await commandLine(app, ['connection', 'add', '--name', name, ...where])
  }
  await commandLine(app, ['backup', 'shop'])
}

test('nothing stands beside a narrow screen, and today is the last of 30 days', async ({ app, page }) => {
  await twoDatabases(app)
  await page.setViewportSize({ width: 320, height: 800 })
  await app.open()
  const overview = new OverviewPage(page)
  await expect(overview.row('shop').getByRole('list').getByRole('listitem').last()).toContainText(/: good$/)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
})
