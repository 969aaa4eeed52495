import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { createSampleDatabase } from '../../main/engines/sqlite/sample-database.ts'
import { commandLine } from './command-line.ts'
import { expect, test, type App } from './fixtures.ts'

interface Backup {
  readonly id: string
  readonly description: string | null
  readonly name: string | null
  readonly compression: { readonly name: string; readonly level: number }
  readonly copies: readonly { readonly destination: string; readonly location: string }[]
}

const backups = async (app: App) => (await commandLine(app, ['backups', 'list'])) as readonly Backup[]

test.beforeEach(async ({ app }) => {
  createSampleDatabase(app.path('shop.db'))
  mkdirSync(app.path('nas'))
  await commandLine(app, ['destination', 'add', '--name', 'NAS', '--type', 'local', '--path', app.path('nas')])
  await commandLine(app, ['connection', 'add', '--name', 'shop', '--engine', 'sqlite', '--path', app.path('shop.db')])
})

test('two presses start a backup; its result stays over a reload, and Back starts nothing again', async ({
  app,
  page,
}) => {
  await app.open('/back-up?connection=shop')
  await page.getByRole('button', { name: 'Check and start' }).click()
  await expect(page.getByText('holdfast backup shop')).toBeVisible()
  await page.getByRole('button', { name: 'Back up shop' }).click()
  await expect(page.getByText('shop is backed up.')).toBeVisible()
  await expect(page.getByText(/8 tables with 52,483 rows/)).toBeVisible()
  const address = page.url()
  await page.reload()
  await expect(page.getByText('shop is backed up.')).toBeVisible()
  const [backup] = await backups(app)
  const digest = execFileSync('sha256sum', [backup?.copies[0]?.location ?? ''], { encoding: 'utf8' }).slice(0, 64)
  await expect(page.getByText(digest)).toBeVisible()
  await page.goBack()
  await expect(page.getByText('shop is backed up.')).toBeHidden()
  await page.goForward()
  await expect(page).toHaveURL(address)
  await expect(page.getByText('shop is backed up.')).toBeVisible()
  expect(await backups(app)).toHaveLength(1)
  await page.getByRole('link', { name: 'Prove it with a restore test' }).click()
  await expect(page.getByRole('radio', { name: /^Restore test/ })).toBeChecked()
})

test('every step is answered, changed on the last one, and done as it was answered', async ({ app, page }) => {
  mkdirSync(app.path('disk'))
  await commandLine(app, ['destination', 'add', '--name', 'disk', '--type', 'local', '--path', app.path('disk')])
  await app.open('/back-up?connection=shop')
  const next = page.getByRole('button', { name: 'Next' })
  await next.click()
  await page.getByRole('radio', { name: /^Small/ }).check({ force: true })
  await expect(page.getByText('There is no key yet.')).toBeVisible()
  await page.getByRole('button', { name: 'Before a migration' }).click()
  await page.getByLabel('Name (optional)').fill('v2 ')
  await expect(page.getByText('A name has no space at its ends.')).toBeVisible()
  await expect(next).toBeDisabled()
  await page.getByLabel('Name (optional)').fill('v2')
  await next.click()
  await expect(page.getByText(/GB free/)).toHaveCount(2)
  for (const name of ['NAS', 'disk']) await page.getByRole('checkbox', { name }).uncheck({ force: true })
  await expect(page.getByText('Choose a destination.')).toBeVisible()
  await page.getByRole('checkbox', { name: 'disk' }).check({ force: true })
  await next.click()
  await page.reload()
  const answers = page.getByLabel('Your answers')
  for (const text of ['Small', 'Before a migration', 'v2', 'disk']) await expect(answers).toContainText(text)
  await expect(page.getByText('holdfast backup shop')).toHaveText(
    "holdfast backup shop --to disk --compression small --name v2 --description 'Before a migration'",
  )
  await answers.getByRole('link', { name: 'Change Compression' }).click()
  await page.getByRole('radio', { name: /^Fast/ }).check({ force: true })
  await page.getByRole('button', { name: 'Check and start' }).click()
  await page.getByRole('button', { name: 'Back up shop' }).click()
  await expect(page.getByText('shop is backed up.')).toBeVisible()
  expect(await backups(app)).toMatchObject([
    {
      name: 'v2',
      description: 'Before a migration',
      compression: { name: 'zstd', level: 1 },
      copies: [{ destination: 'disk' }],
    },
  ])
  expect(readdirSync(app.path('nas'))).toEqual([])
})

test('a backup that fails says why, keeps nothing, and leads back to the answers', async ({ app, page }) => {
  rmSync(app.path('shop.db'))
  await app.open('/back-up?connection=shop&step=how')
  await page.getByLabel('Name (optional)').fill('kept')
  await page.getByRole('button', { name: 'Check and start' }).click()
  await page.getByRole('button', { name: 'Back up shop' }).click()
  await expect(page.getByText('There is no new backup of shop.')).toBeVisible()
  await expect(page.getByRole('alert')).toContainText('There is no file at the path of the database.')
  createSampleDatabase(app.path('shop.db'))
  await page.getByRole('link', { name: 'Check the answers and try again' }).click()
  await expect(page.getByLabel('Your answers')).toContainText('kept')
  await page.getByRole('button', { name: 'Back up shop' }).click()
  await expect(page.getByText('shop is backed up.')).toBeVisible()
})

test('is done with the keyboard alone', async ({ app, page }) => {
  await app.open('/back-up?connection=shop')
  const press = async (name: string) => {
    const button = page.getByRole('button', { name })
    await expect(button).toBeEnabled()
    for (let tabs = 0; tabs < 60; tabs += 1) {
      await page.keyboard.press('Tab')
      if (await button.evaluate((element) => element === document.activeElement)) return page.keyboard.press('Enter')
    }
    throw new Error(`${name} was not reached.`)
  }
  await press('Check and start')
  await press('Back up shop')
  await expect(page.getByText('shop is backed up.')).toBeVisible()
})

test('where there is no destination the proposed folder is one press away', async ({ app, page }) => {
  await commandLine(app, ['destination', 'remove', 'NAS'])
  await app.open('/back-up?connection=shop&step=check')
  await expect(page.getByText('It needs a destination.')).toBeVisible()
  await page.getByRole('button', { name: /^Use .*Holdfast backups$/ }).click()
  await page.getByRole('button', { name: 'Back up shop' }).click()
  await expect(page.getByText('shop is backed up.')).toBeVisible()
})
