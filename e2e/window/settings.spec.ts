import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { SettingsPages } from '../pages/settings.ts'
import { expectForEverybody } from './accessibility.ts'
import { commandLine } from './command-line.ts'
import { expect, test } from './fixtures.ts'

const passphrase = 'four words in row'

test('makes the key, saves its kit, proves it with the passphrase alone, and encrypts from then on', async ({
  app,
  page,
}) => {
  await app.open('/settings?section=keys')
  const settings = new SettingsPages(page)
  await expect(page.getByText('There is no key yet: backups are not encrypted.')).toBeVisible()
  await page.getByRole('link', { name: 'Create and save the key…' }).click()
  const create = page.getByRole('button', { name: 'Create and save' })
  await expect(create).toBeDisabled()
  await expect(page.getByText('Choose a folder.')).toBeVisible()
  await settings.chooseNewFolder('stick')
  await settings.field('Passphrase of the kit').fill('short')
  await expect(page.getByText('Type a passphrase of at least 8 characters.')).toBeVisible()
  await settings.field('Passphrase of the kit').fill(passphrase)
  await expect(page.getByText('The two passphrases are not the same yet.')).toBeVisible()
  await settings.field('The same again').fill(passphrase)
  await expect(page.getByText(`holdfast key create --recovery-kit ${app.path('stick')}`)).toBeVisible()
  await create.click()

  await expect(page.getByText('Prove that the kit opens with your passphrase.')).toBeVisible({ timeout: 60_000 })
  expect(existsSync(app.path('stick', 'holdfast-kit.age'))).toBe(true)
  await settings.field('Passphrase of the kit').fill('not this one')
  await page.getByRole('button', { name: 'Prove it' }).click()
  await expect(page.getByText('Code PASSPHRASE_WRONG')).toBeVisible({ timeout: 60_000 })
  await settings.field('Passphrase of the kit').fill(passphrase)
  await page.keyboard.press('Enter')
  await expect(page.getByText('Your key is saved: its recovery kit was proven.')).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText('The kit was opened with your passphrase')).toBeVisible()
  await page.goBack()
  await expect(page.getByRole('button', { name: 'Prove it' })).toHaveCount(0)

  expect(await commandLine(app, ['key', 'verify'])).toMatchObject({ verified: true })
})

test('a key is taken over from a kit; a wrong passphrase changes nothing', async ({ app, page }) => {
  await app.open('/settings?section=keys&step=create')
  const settings = new SettingsPages(page)
  await settings.chooseNewFolder('stick')
  await settings.field('Passphrase of the kit').fill(passphrase)
  await settings.field('The same again').fill(passphrase)
  await page.getByRole('button', { name: 'Create and save' }).click()
  await expect(page.getByText('Prove that the kit opens with your passphrase.')).toBeVisible({ timeout: 60_000 })
  // A reload forgets where the kit lies: it is asked for again.
  await page.reload()
  await expect(page.getByText('Choose the kit.')).toBeVisible()

  await app.open('/settings?section=keys&step=import')
  await settings.chooseFile('stick', 'holdfast-kit.age')
  await settings.field('Passphrase of the kit').fill('not this one')
  await page.getByRole('button', { name: 'Take it over' }).click()
  await expect(page.getByText('Code PASSPHRASE_WRONG')).toBeVisible({ timeout: 60_000 })
  await settings.field('Passphrase of the kit').fill(passphrase)
  await page.getByRole('button', { name: 'Take it over' }).click()
  await expect(page.getByText('The key was taken over.')).toBeVisible({ timeout: 60_000 })
})

test('tools, passwords, appearance and what this is, each by its own address', async ({ app, page }) => {
  await app.open('/settings')
  const settings = new SettingsPages(page)
  await settings.section('Tools and health').click()
  await expect(page).toHaveURL(/section=tools/)
  const health = page.getByRole('table', { name: 'Tools and health' })
  await expect(health.getByRole('row').filter({ hasText: 'catalog' })).toContainText('Passed', { timeout: 60_000 })
  await expect(page.getByText('holdfast doctor')).toBeVisible()
  // Programs are not named from a browser: the command that does it is shown.
  const programs = page.getByRole('table', { name: 'Programs that were found' })
  await expect(programs.getByRole('row').filter({ hasText: 'pg_dump' }).first()).toContainText('PostgreSQL')
  await expect(page.getByText('holdfast tools use')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Use another folder…' })).toHaveCount(0)

  await settings.section('Passwords').click()
  await expect(page.getByText('Encrypted file with a passphrase')).toBeVisible()

  await settings.section('Appearance').click()
  await page.locator('label').filter({ hasText: 'Dark' }).click()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  await page.reload()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')

  await settings.section('Data and about').click()
  await expect(page.getByText(app.home)).toBeVisible()
})

test('diagnostics are written into a folder of one’s choice', async ({ app, page }) => {
  await app.open('/settings?section=about')
  const settings = new SettingsPages(page)
  const write = page.getByRole('button', { name: 'Write the file' })
  await expect(write).toBeDisabled()
  await settings.chooseNewFolder('report')
  await write.click()
  await expect(page.getByText('Written. Look through it before you send it.')).toBeVisible({ timeout: 60_000 })
  const [file = ''] = readdirSync(app.path('report'))
  expect(file).toMatch(/^holdfast-diagnostics-.*\.json$/)
  expect(JSON.parse(readFileSync(app.path('report', file), 'utf8'))).toMatchObject({ holdfast: { host: 'browser' } })
})

test('every section can be used by everybody and on a narrow screen', async ({ app, page }) => {
  await app.open('/settings')
  const routes = ['tools', 'vault', 'appearance', 'about', 'keys&step=create', 'keys&step=prove', 'keys&step=import']
  for (const section of routes) {
    await app.open(`/settings?section=${section}`)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(page.getByText(/^Loading /)).toHaveCount(0, { timeout: 60_000 })
    await expectForEverybody(page, section)
    await page.setViewportSize({ width: 320, height: 800 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
    await page.setViewportSize({ width: 1280, height: 800 })
  }
})
