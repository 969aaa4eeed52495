import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { createSampleDatabase } from '../../main/engines/sqlite/sample-database.ts'
import { commandLine } from './command-line.ts'
import { expect, test } from './fixtures.ts'

test('the proposed folder becomes a destination with one press', async ({ app, page }) => {
  await app.open('/destinations')
  await page.getByRole('button', { name: /^Use .*Holdfast backups$/ }).click()
  const row = page.getByRole('row', { name: /Holdfast backups/ })
  await expect(row.getByText('Works')).toBeVisible()
  await expect(row).toContainText(/GB/)
  await expect(page.getByText('1 destination, with nothing in it yet.')).toBeVisible()
})

test('a folder that was looked for becomes a destination with a name', async ({ app, page }) => {
  mkdirSync(app.path('disk'))
  await app.open('/destinations?add=true')
  const dialog = page.getByRole('dialog', { name: 'Add a destination' })
  await expect(dialog.getByText('Choose a folder.')).toBeVisible()
  await dialog.getByRole('button', { name: 'Choose…' }).click()
  const browse = page.getByRole('dialog', { name: 'Choose a folder for backups' })
  await browse.getByRole('button', { name: /disk/ }).click()
  await browse.getByRole('button', { name: 'Use this folder' }).click()
  await dialog.getByLabel('Name').fill('USB disk')
  await expect(dialog.getByText('holdfast destination add')).toContainText("--name 'USB disk' --type local")
  await dialog.getByRole('button', { name: 'Add USB disk' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('row', { name: /USB disk/ })).toContainText('Works')
  await expect(page).toHaveURL(/\/destinations$/)
})

test('a rescan finds what another installation wrote; removing keeps the files', async ({ app, page }) => {
  createSampleDatabase(app.path('shop.db'))
  mkdirSync(app.path('nas'))
  await commandLine(app, ['destination', 'add', '--name', 'NAS', '--type', 'local', '--path', app.path('nas')])
  await commandLine(app, ['connection', 'add', '--name', 'shop', '--engine', 'sqlite', '--path', app.path('shop.db')])
  const { id } = (await commandLine(app, ['backup', 'shop'])) as { readonly id: string }
  cpSync(app.path('nas'), app.path('copy'), { recursive: true })
  await commandLine(app, ['backups', 'delete', id, '--confirm', 'shop'], [0, 6])
  rmSync(app.path('nas'), { recursive: true })
  cpSync(app.path('copy'), app.path('nas'), { recursive: true })

  await app.open('/destinations')
  await page.getByRole('button', { name: 'More for NAS' }).click()
  await page.getByRole('menuitem', { name: 'Rescan for backups' }).click()
  await expect(page.getByText(/1 backup found/)).toBeVisible()
  await expect(page.getByText('holdfast destination rescan NAS')).toBeVisible()
  await page.reload()
  await expect(page.getByText(/1 backup found/)).toBeVisible()

  await page.getByRole('button', { name: 'More for NAS' }).click()
  await page.getByRole('menuitem', { name: 'Remove…' }).click()
  const dialog = page.getByRole('alertdialog')
  await expect(dialog).toContainText(/1 copy \(1\..* MB\) stays in .*nas\. Nothing is deleted\./)
  await dialog.getByRole('button', { name: 'Remove NAS' }).click()
  await expect(page.getByText('There is no place for backups yet.')).toBeVisible()
})

test('a folder that is gone is said not to work, with what to do', async ({ app, page }) => {
  mkdirSync(app.path('drive'))
  await commandLine(app, ['destination', 'add', '--name', 'drive', '--type', 'local', '--path', app.path('drive')])
  rmSync(app.path('drive'), { recursive: true })
  await app.open('/destinations')
  await expect(page.getByRole('row', { name: /drive/ })).toContainText('Does not work')
})
