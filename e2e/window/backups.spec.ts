import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { BackupsPages } from '../pages/backups.ts'
import { browseTo } from '../pages/browse.ts'
import { expectForEverybody } from './accessibility.ts'
import { commandLine } from './command-line.ts'
import { expect, test } from './fixtures.ts'
import { backUpShop, makeShop } from './shop.ts'

test('without a backup the list says what to do', async ({ app, page }) => {
  await app.open('/backups')
  await expect(page.getByText('There is no backup yet.')).toBeVisible()
  await expect(page.getByText('0 backups')).toBeVisible()
})

test('the list is walked, narrowed and opened by keyboard; the address keeps it', async ({ app, page }) => {
  await makeShop(app)
  await backUpShop(app, '--name', 'before 2026.11')
  const { id } = await backUpShop(app)
  await commandLine(app, ['validate', id, '--level', 'restore'])
  const list = new BackupsPages(page)
  await app.open('/backups')
  await expect(page.getByText(/^2 backups of 1 database/)).toBeVisible()
  await expect(list.row(1)).toContainText('Proven')
  await expect(list.row(1)).toContainText('orders')
  await expect(list.row(2)).toContainText('before 2026.11')
  await list.grid.focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('End')
  expect(await list.activeRow()).toBe('3')
  await page.keyboard.press('Home')
  await page.keyboard.press('Shift+F10')
  await expect(page.getByRole('menuitem', { name: 'Restore…' })).toBeVisible()
  await page.mouse.move(0, 0)
  await expectForEverybody(page, 'the menu of a backup')
  await page.keyboard.press('Escape')
  await expect(list.grid).toBeFocused()

  await list.search.fill('2026.11')
  await expect(page.getByText('1 of 2 match.')).toBeVisible()
  await page.reload()
  await expect(page.getByText('1 of 2 match.')).toBeVisible()
  await expect(list.search).toHaveValue('2026.11')
  await page.getByRole('button', { name: 'Failed a check' }).click()
  await expect(page.getByText('No backup matches.')).toBeVisible()
  await page.getByRole('button', { name: 'Clear the filter' }).click()
  await expect(list.row(2)).toBeVisible()

  await list.grid.getByRole('button', { name: 'Size' }).click()
  await expect(page).toHaveURL(/sort=-artifactBytes/)
  await expect(list.grid.getByRole('columnheader', { name: 'Size' })).toHaveAttribute('aria-sort', 'descending')
  await page.goBack()
  await app.open('/backups')
  await expect(list.row(1)).toContainText('Proven')
  await list.grid.focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`/backups/${id}`))
  await expect(page.getByText(/^Proven just now: restored, 2 tables equal\.$/)).toBeVisible()
})

test('rows are read from inside the backup: NULL is not the empty text, and the address keeps what is shown', async ({
  app,
  page,
}) => {
  await makeShop(app)
  const { id } = await backUpShop(app)
  const detail = new BackupsPages(page)
  await app.open(`/backups/${id}`)
  await expect(page.getByText(/^Checked just now: intact, not yet proven/)).toBeVisible()
  await page.getByRole('button', { name: 'Show rows of orders' }).click()
  const rows = detail.rowsOf('orders').getByRole('row')
  await expect(rows).toHaveCount(101)
  await expect(rows.nth(1).locator('em')).toHaveText('NULL')
  await expect(rows.nth(2).locator('em')).toHaveText('empty text')
  await expect(rows.nth(3).locator('em')).toHaveCount(0)
  await expect(rows.nth(3)).toContainText('NULL')
  await page.getByRole('button', { name: 'Next 100' }).click()
  await expect(rows).toHaveCount(201)

  await page.getByRole('button', { name: 'Any column' }).click()
  await page.getByRole('option', { name: 'id', exact: true }).click()
  await page.getByRole('textbox', { name: 'is exactly' }).fill('42')
  await page.getByRole('button', { name: 'Filter', exact: true }).click()
  await expect(page.getByText('1 row, all of them.')).toBeVisible()
  await expect(page.getByText(`holdfast rows ${id} orders --where id=42 --limit 100`)).toBeVisible()
  await page.reload()
  await expect(rows).toHaveCount(2)
  await expect(rows.nth(1)).toContainText('42.50')
  await page.mouse.move(0, 0)
  await expectForEverybody(page, 'rows')
})

test('a backup is pinned, exported and, being the last good one, deleted only by its id', async ({ app, page }) => {
  await makeShop(app)
  const { id, copies } = await backUpShop(app)
  const location = copies[0]?.location ?? ''
  mkdirSync(app.path('out'))
  await app.open(`/backups/${id}`)
  await page.getByRole('button', { name: 'Pin this backup' }).click()
  await expect(page.getByRole('button', { name: 'Unpin this backup' })).toBeVisible()

  await page.getByRole('button', { name: 'Export…' }).click()
  await page.getByRole('button', { name: 'Choose…' }).click()
  await browseTo(page.getByRole('dialog', { name: 'Folder for the exported backup' }), ['out'], 'Use this folder')
  await page.getByRole('button', { name: 'Export', exact: true }).click()
  await expect(page.getByText('Exported')).toBeVisible()
  expect(readdirSync(app.path('out'))).toHaveLength(2)
  await page.getByRole('button', { name: 'Close' }).click()

  await page.getByRole('button', { name: 'Delete…' }).click()
  const dialog = page.getByRole('alertdialog')
  await expect(dialog.getByRole('list', { name: 'What is deleted' })).toContainText(location)
  const confirm = dialog.getByRole('button', { name: 'Delete the backup' })
  await expect(confirm).toBeDisabled()
  await expect(dialog.getByText('It is pinned.', { exact: true })).toBeVisible()
  await page.mouse.move(0, 0)
  await expectForEverybody(page, 'the deletion')
  await dialog.getByRole('button', { name: 'Unpin it' }).click()
  await confirm.click()
  await expect(dialog.getByText(/This is the last good backup/)).toBeVisible()
  await expect(confirm).toBeDisabled()
  expect(existsSync(location)).toBe(true)
  const typed = dialog.getByRole('textbox', { name: 'Id of the backup' })
  await typed.fill('shop')
  await page.keyboard.press('Enter')
  expect(existsSync(location)).toBe(true)
  await typed.fill(id)
  await confirm.click()
  await expect(page.getByText('There is no backup yet.')).toBeVisible()
  expect(existsSync(location)).toBe(false)
})

test('a backup without a good copy, and one that failed, say so first', async ({ app, page }) => {
  await makeShop(app)
  const { id } = await backUpShop(app)
  rmSync(app.path('nas', 'shop'), { recursive: true })
  await commandLine(app, ['validate', id, '--level', 'presence'], [0, 5])
  rmSync(app.path('shop.db'))
  await commandLine(app, ['backup', 'shop'], [1, 10])
  const list = new BackupsPages(page)
  await app.open('/backups')
  await expect(list.grid).toContainText('Backup failed')
  await list.row(1).click()
  await expect(page.getByText('This backup failed: nothing can be restored from it.')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Restore…' })).toHaveCount(0)
  await app.open(`/backups/${id}`)
  await expect(page.getByText('The copy at NAS is missing.')).toBeVisible()
  await expect(page.getByText(/^A check failed/).first()).toBeVisible()
  await app.open('/backups/01JGH5QZ8M3X7V2K9P4R6T0WYA')
  await expect(page.getByText('Code NOT_FOUND')).toBeVisible()
})

test('marks of the time line are reached with the arrows', async ({ app, page }) => {
  await makeShop(app)
  await backUpShop(app)
  await backUpShop(app, '--name', 'second')
  const timeline = new BackupsPages(page)
  await app.open('/backups?view=timeline')
  await expect(page.getByText('2 backups of 1 database, none proven.')).toBeVisible()
  const [first, second] = [timeline.mark(/^shop, .*, checked$/), timeline.mark(/^shop, .*, checked, second$/)]
  await second.focus()
  await page.keyboard.press('ArrowLeft')
  await expect(first).toBeFocused()
  await page.keyboard.press('ArrowRight')
  await expect(second).toBeFocused()
  await expect(page.getByRole('table', { name: 'Backups in this time' }).getByRole('row')).toHaveCount(3)
  await page.getByRole('radio', { name: 'Day' }).click()
  await expect(page).toHaveURL(/zoom=day/)
  await page.mouse.move(0, 0)
  await expectForEverybody(page, 'the time line')
  await page.keyboard.press('Tab')
  await page.getByRole('button', { name: 'Earlier' }).click()
  await expect(page.getByText('No backup was taken in this time.')).toBeVisible()
})

test('of 100,000 backups only what is on the screen is in the document and asked for', async ({ app, page }) => {
  await makeShop(app)
  await backUpShop(app)
  const asked: number[] = []
  await page.route('**/api/backups.page', async (route) => {
    const response = await route.fetch()
    const answer = (await response.json()) as { data: { total: number; rows: object[] } }
    const { offset = 0, limit } = route.request().postDataJSON() as { offset?: number; limit: number }
    asked.push(offset)
    const [row] = answer.data.rows.length > 0 ? answer.data.rows : [known]
    if (row !== undefined) known = row
    const rows = Array.from({ length: Math.min(limit, 100_000 - offset) }, (_, index) => ({
      ...known,
      connection: `database ${String(offset + index + 1)}`,
    }))
    await route.fulfill({ response, json: { ok: true, data: { total: 100_000, rows } } })
  })
  let known: object = {}
  const list = new BackupsPages(page)
  await app.open('/backups')
  await expect(list.grid).toHaveAttribute('aria-rowcount', '100001')
  await expect(list.row(1)).toContainText('database 1')
  await list.grid.focus()
  await page.keyboard.press('End')
  await expect(list.row(100_000)).toContainText('database 100000')
  expect(await list.activeRow()).toBe('100001')
  await page.keyboard.press('PageUp')
  await page.keyboard.press('Home')
  await expect(list.row(1)).toContainText('database 1')
  const inDocument = await list.grid.getByRole('row').count()
  expect(inDocument).toBeLessThan(80)
  expect(new Set(asked).size).toBeLessThan(8)
})
