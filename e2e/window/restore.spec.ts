import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { RestorePlan } from '../../preload/contract/index.ts'
import { RestorePages } from '../pages/restore.ts'
import { commandLine } from './command-line.ts'
import { expect, test } from './fixtures.ts'
import { backUp, holdfast, itemsOf, runSqlite, sqliteScene } from './restore-scene.ts'

const original = ['item 1', 'item 2', 'item 3']

test('restores into a new SQLite database; a reload keeps every step, and Back starts nothing again', async ({
  app,
  page,
}) => {
  const { file } = await sqliteScene(app)
  await app.open('/restore')
  const wizard = new RestorePages(page)
  await wizard.chooseNewestBackup()
  await expect(wizard.button('Make the plan')).toBeEnabled()
  await page.reload()
  await wizard.showsStep('Target')
  await wizard.makePlan()
  await expect(page.getByText(/makes a new database with 1 table and 3 rows/)).toBeVisible()
  const address = page.url()
  await page.reload()
  await expect(wizard.button('Continue to confirm')).toBeEnabled()
  expect(page.url()).toBe(address)
  await wizard.continueToConfirm()
  await page.reload()
  await wizard.button(/^Restore into shop_restore_/).click()
  await wizard.result()
  await expect(page.getByText(/1 of 1 table is equal to the backup/)).toBeVisible()
  await expect(page.getByText(/is a database of its own/)).toBeVisible()
  const made = readdirSync(app.folder).filter((name) => name.startsWith('shop_restore_'))
  expect(made).toHaveLength(1)
  expect(itemsOf(app.path(made[0] ?? ''))).toEqual(original)
  expect(itemsOf(file)).toEqual(original)

  await page.goBack()
  await expect(page.getByText('Applied already', { exact: true })).toBeVisible()
  await expect(wizard.button('Continue to confirm')).toBeDisabled()
  expect(readdirSync(app.folder).filter((name) => name.startsWith('shop_restore_'))).toEqual(made)
})

test('swaps over a changed SQLite database, undoes, and drops what was kept', async ({ app, page }) => {
  const { file } = await sqliteScene(app)
  runSqlite(
    file,
    "DELETE FROM orders; INSERT INTO orders VALUES (9, 'later'), (10, 'later still'); CREATE TABLE extra (x)",
  )
  await app.open('/restore')
  const wizard = new RestorePages(page)
  await wizard.chooseNewestBackup()
  await wizard.choose(/beside it, then swapped/)
  await expect(page.getByText('Choose which database is restored over.')).toBeVisible()
  await expect(wizard.button('Make the plan')).toBeDisabled()
  await wizard.choose(/The database of the connection/)
  await wizard.makePlan()
  await expect(page.getByText('Restoring replaces 1 table and drops 1.')).toBeVisible()
  await expect(page.getByText(/The table extra/)).toBeVisible()
  await wizard.continueToConfirm()
  const start = wizard.button('Replace shop.db')
  await expect(start).toBeDisabled()
  await wizard.name.fill('shop.')
  await expect(page.getByText('2 letters missing')).toBeVisible()
  await wizard.name.fill('shup.db')
  await expect(page.getByText('Differs from letter 3 on')).toBeVisible()
  await wizard.name.fill('shop.db')
  await wizard.name.press('Enter')
  await wizard.showsStep('Confirm')
  await start.click()
  const id = await wizard.result()
  await expect(page.getByText(/1 of 1 table is equal to the backup; the database was away for/)).toBeVisible()
  expect(itemsOf(file)).toEqual(original)

  runSqlite(file, "INSERT INTO orders VALUES (11, 'after the restore')")
  await wizard.undo('shop.db')
  expect(itemsOf(file)).toEqual(['later', 'later still'])

  await page.goto(new URL(`/restores/${id}`, app.host.address).href)
  await wizard.button('Drop the restored database…').click()
  await wizard.name.fill('shop.db')
  await wizard.button(/^Drop /).click()
  await expect(page.getByText(/was dropped, and nothing else/)).toBeVisible({ timeout: 30_000 })
  expect(itemsOf(file)).toEqual(['later', 'later still'])
  const log = await holdfast<readonly { readonly action: string }[]>(app, ['audit', 'list'])
  expect(JSON.stringify(log.filter(({ action }) => action === 'note'))).toContain('the backup is not proven')
})

test('a time of trouble chooses the newest good backup from before it', async ({ app, page }) => {
  await sqliteScene(app)
  await backUp(app, 'shop')
  await app.open('/restore')
  await expect(page.getByRole('radio')).toHaveCount(2)
  await page.getByLabel('The problem began at').fill('2020-01-01T10:00')
  await expect(page.getByText(/There is no good backup from before/)).toBeVisible()
  await expect(page.getByText('Choose a backup.')).toBeVisible()
  await page.getByLabel('The problem began at').fill('2099-01-01T10:00')
  await expect(page.getByText(/No good backup is newer/)).toBeVisible()
  await expect(page.getByRole('radio').first()).toBeChecked()
  await page.reload()
  await expect(page.getByRole('radio').first()).toBeChecked()
  await expect(page.getByLabel('The problem began at')).toHaveValue('2099-01-01T10:00')
})

test('a plan is saved as the file that the command line takes, and a dry run ends with it', async ({ app, page }) => {
  const { backup, file } = await sqliteScene(app)
  await app.open(`/restore?step=target&backup=${backup}`)
  const wizard = new RestorePages(page)
  await wizard.makePlan()
  const [download] = await Promise.all([page.waitForEvent('download'), wizard.button('Save plan…').click()])
  const saved = app.path(download.suggestedFilename())
  await download.saveAs(saved)
  const plan = RestorePlan.parse(JSON.parse(readFileSync(saved, 'utf8')))
  await page.getByRole('link', { name: 'End here (dry run)' }).click()
  await wizard.showsStep('Backup')
  expect(readdirSync(app.folder).filter((name) => name.startsWith('shop_restore_'))).toEqual([])
  await commandLine(app, ['restore', 'apply', saved, '--confirm', plan.confirm])
  expect(itemsOf(plan.target.database)).toEqual(original)
  expect(itemsOf(file)).toEqual(original)
})

test('a target that changed after the plan is refused, and planned again', async ({ app, page }) => {
  const { backup, file } = await sqliteScene(app)
  await app.open(`/restore?step=target&backup=${backup}`)
  const wizard = new RestorePages(page)
  await wizard.chooseOver('swap')
  await wizard.makePlan()
  await wizard.continueToConfirm()
  runSqlite(file, 'CREATE TABLE came_meanwhile (x)')
  await wizard.name.fill('shop.db')
  await wizard.button('Replace shop.db').click()
  await expect(page.getByText('TARGET_CHANGED')).toBeVisible({ timeout: 30_000 })
  await expect(page.getByText('Untouched')).toBeVisible()
  await page.getByRole('link', { name: 'Back to the plan' }).click()
  await wizard.button('Plan again').click()
  await expect(page.getByText('Restoring replaces 1 table and drops 1.')).toBeVisible({ timeout: 30_000 })
  expect(itemsOf(file)).toEqual(original)
})

test('a backup that was altered is not planned, and says so', async ({ app, page }) => {
  const { backup, file } = await sqliteScene(app)
  const folder = app.path('backups')
  const artifact = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find(
    (name) => name.includes('.sqlite.') && !name.endsWith('.json'),
  )
  const path = join(folder, artifact ?? '')
  const bytes = readFileSync(path)
  bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 255, bytes.length >> 1)
  writeFileSync(path, bytes)
  await app.open(`/restore?step=target&backup=${backup}`)
  const wizard = new RestorePages(page)
  await wizard.chooseOver('swap')
  await wizard.button('Make the plan').click()
  await expect(page.getByText('There is no plan.')).toBeVisible({ timeout: 30_000 })
  await expect(page.getByText('ARTIFACT_ALTERED')).toBeVisible()
  expect(itemsOf(file)).toEqual(original)
})

test('a check that fails afterwards is told, and the restore can be undone', async ({ app, page }) => {
  const { backup, file } = await sqliteScene(app)
  const checks = [
    {
      name: 'four orders',
      test: { kind: 'query', sql: 'SELECT count(*) FROM orders', expected: { kind: 'value', value: '4' } },
    },
  ]
  writeFileSync(app.path('checks.json'), JSON.stringify(checks))
  await commandLine(app, ['connection', 'edit', 'shop', '--checks', app.path('checks.json')])
  runSqlite(file, "UPDATE orders SET item = 'changed'")
  await app.open(`/restore?step=target&backup=${backup}`)
  const wizard = new RestorePages(page)
  await wizard.chooseOver('swap')
  await wizard.makePlan()
  await wizard.continueToConfirm()
  await wizard.name.fill('shop.db')
  await wizard.button('Replace shop.db').click()
  await wizard.result()
  await expect(page.getByText(/was restored, but 1 check of \d+ failed/)).toBeVisible()
  await expect(page.getByText('Applied, check failed')).toBeVisible()
  await wizard.undo('shop.db')
  expect(itemsOf(file)).toEqual(['changed', 'changed', 'changed'])
})
