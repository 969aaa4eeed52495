import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createSampleDatabase } from '../../main/engines/sqlite/sample-database.ts'
import { ActivityPages } from '../pages/activity.ts'
import { commandLine } from './command-line.ts'
import { expect, test, type App } from './fixtures.ts'

test('an empty history leads to the first backup', async ({ app, page }) => {
  await app.open('/activity')
  await expect(page.getByText('Nothing has run yet.')).toBeVisible()
  await page.getByRole('link', { name: 'Back up…' }).click()
  await expect(page).toHaveURL(/\/back-up/)
})

test('what was done, what failed, and a validation whose checks failed', async ({ app, page }) => {
  await register(app, 'shop')
  const { id } = (await commandLine(app, ['backup', 'shop'])) as { readonly id: string }
  renameSync(app.path('shop.db'), app.path('away.db'))
  await commandLine(app, ['backup', 'shop'], [1, 10])
  rmSync(app.path('nas', 'shop'), { recursive: true })
  await commandLine(app, ['validate', id, '--level', 'presence'], [5])

  await app.open('/activity')
  const activity = new ActivityPages(page)
  await expect(page.getByText('found checks that failed.')).toBeVisible()
  await expect(activity.row('validation of the backup of shop')).toContainText('Check failed')
  await activity.choose('Show', 'Done')
  await expect(activity.history.getByRole('row')).toHaveCount(2)
  await expect(page).toHaveURL(/state=succeeded/)
  await page.reload()
  await expect(activity.history.getByRole('row')).toHaveCount(2)
  await activity.choose('Show', 'Failed')
  await expect(activity.history.getByRole('row')).toHaveCount(3)

  await activity.row('backup of shop').filter({ hasNotText: 'validation' }).getByRole('link').click()
  await expect(page.getByText(/^Backup of shop: failed after/)).toBeVisible()
  await expect(page.getByText('Code DATABASE_MISSING')).toBeVisible()
  await page.getByRole('button', { name: 'Show details' }).click()
  await expect(page.getByText(/DATABASE_MISSING: /)).toBeVisible()
  await page.getByRole('link', { name: 'Try again…' }).click()
  await expect(page).toHaveURL(/\/back-up\?connection=[0-9A-Z]{26}/)
})

test('a running backup stays itself over a reload, stops when told to, and leaves nothing behind', async ({
  app,
  page,
}) => {
  await register(app, 'shop')
  await holdBackups(app, 'shop')
  await app.open('/activity')
  const activity = new ActivityPages(page)
  await expect(page.getByText('Nothing has run yet.')).toBeVisible()
  const id = await activity.startBackup('shop')
  await expect(page.getByRole('group', { name: 'Backup: backup of shop' })).toBeVisible()

  await app.open(`/activity/${id}`)
  await page.reload()
  await expect(page.getByText(/You can close this window, the job goes on/)).toBeVisible()
  await expect(page.getByText(/Stopping discards what was written/)).toBeVisible()
  await page.getByRole('button', { name: 'Stop' }).click()
  await expect(page.getByText(/^Backup of shop: stopped after/)).toBeVisible()
  await expect(page.getByRole('link', { name: 'Start again…' })).toBeVisible()
  expect(await commandLine(app, ['backups', 'list'])).toEqual([])
  expect(readdirSync(app.path('nas'))).toEqual([])
})

test('a backup that ends while one looks shows what came out', async ({ app, page }) => {
  await register(app, 'shop')
  await app.open('/activity')
  const activity = new ActivityPages(page)
  const id = await activity.startBackup('shop')
  await app.open(`/activity/${id}`)
  await expect(page.getByText(/^Backup of shop: done in/)).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText('8 tables,')).toBeVisible()
  await page.getByRole('link', { name: 'Test the restore…' }).click()
  await expect(page).toHaveURL(/\/backups\/[0-9A-Z]{26}\/validate\?level=restore/)
})

test('a job that does not exist is said to be missing', async ({ app, page }) => {
  await app.open('/activity/01ARZ3NDEKTSV4RRFFQ69G5FAV')
  await expect(page.getByText('Code NOT_FOUND')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible()
  const help = page.getByRole('button', { name: 'What helps' })
  await page.route(/\/assets\/troubles-/, (route) => route.abort())
  app.expectComplaint(/ERR_FAILED|dynamically imported module/)
  await help.click()
  await expect(page.getByText('holdfast explain NOT_FOUND')).toBeVisible()
  await page.unroute(/\/assets\/troubles-/)
  await page.reload()
  await help.click()
  await expect(page.getByText(/^An id or a name is not known here\./)).toBeVisible()
})

/** A SQLite database of a megabyte, and a place for its backups. */
async function register(app: App, name: string): Promise<void> {
  const file = app.path(`${name}.db`)
  createSampleDatabase(file)
  mkdirSync(app.path('nas'))
  await commandLine(app, ['destination', 'add', '--name', 'NAS', '--type', 'local', '--path', app.path('nas')])
  await commandLine(app, ['connection', 'add', '--name', name, '--engine', 'sqlite', '--path', file])
}

/** Has the backups of a connection run until somebody stops them, however slow the page is. */
async function holdBackups(app: App, connection: string): Promise<void> {
  const action = { kind: 'command', argv: ['/bin/sleep', '3000'] }
  const hook = { name: 'wait', on: 'backup', phase: 'before', action, timeoutSeconds: 3_000 }
  writeFileSync(app.path('hooks.json'), JSON.stringify([hook]))
  await commandLine(app, ['connection', 'edit', connection, '--hooks', app.path('hooks.json')])
}
