import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createSampleDatabase } from '../../main/engines/sqlite/sample-database.ts'
import { installHint, postgresBinDir } from '../servers/installed.ts'
import { isEverythingRequired } from '../servers/missing.ts'
import { startPostgres } from '../servers/postgres-cluster.ts'
import { expectForEverybody } from './accessibility.ts'
import { commandLine } from './command-line.ts'
import { expect, test, type App } from './fixtures.ts'

interface Taken {
  readonly id: string
  readonly copies: readonly { readonly location: string }[]
}

async function shop(app: App): Promise<void> {
  createSampleDatabase(app.path('shop.db'))
  mkdirSync(app.path('nas'))
  await commandLine(app, ['destination', 'add', '--name', 'NAS', '--type', 'local', '--path', app.path('nas')])
  await commandLine(app, ['connection', 'add', '--name', 'shop', '--engine', 'sqlite', '--path', app.path('shop.db')])
}

const backUp = async (app: App, name: string) => (await commandLine(app, ['backup', name])) as Taken

test('each level is run and tells its checks; the result stays over a reload', async ({ app, page }) => {
  await shop(app)
  const { id } = await backUp(app, 'shop')
  await app.open(`/backups/${id}/validate?level=presence`)
  await page.getByRole('button', { name: 'Check: presence' }).click()
  await expect(page.getByText(/^It is there: \d checks? passed/)).toBeVisible()
  await page.getByRole('link', { name: 'Run another level' }).click()
  await page.getByRole('radio', { name: /^Restore test/ }).check({ force: true })
  await expect(page.getByText(`holdfast validate ${id} --level restore`)).toBeVisible()
  await page.reload()
  await page.getByRole('button', { name: 'Start the restore test' }).click()
  await expect(page.getByText(/^Proven: /)).toBeVisible()
  await page.reload()
  await expect(page.getByText(/^Proven: /)).toBeVisible()
  await expect(page.getByRole('row', { name: /^content/ })).toContainText('8 tables equal by fingerprint')
  await expect(page.getByRole('region', { name: 'What is not covered' })).toContainText('owners and privileges')
  await page.goBack()
  await expect(page.getByText(/^Proven: /)).toBeHidden()
})

test('a damaged backup does not pass, and names what can be relied on instead', async ({ app, page }) => {
  await shop(app)
  const proven = await backUp(app, 'shop')
  await commandLine(app, ['validate', proven.id, '--level', 'restore'])
  const good = await backUp(app, 'shop')
  const damaged = await backUp(app, 'shop')
  const file = damaged.copies[0]?.location ?? ''
  const bytes = readFileSync(file)
  bytes[1000] = (bytes[1000] ?? 0) ^ 255
  writeFileSync(file, bytes)
  await app.open(`/backups/${damaged.id}/validate?level=checksum`)
  await page.getByRole('button', { name: 'Check: checksum' }).click()
  await expect(page.getByText(/^It did not pass: /)).toBeVisible()
  const table = page.getByRole('table', { name: 'Other backups of this database' })
  const newestGood = table.getByRole('row', { name: /^Newest good/ })
  await expect(newestGood.getByRole('link', { name: 'Show it' })).toHaveAttribute('href', `/backups/${good.id}`)
  const newestProven = table.getByRole('row', { name: /^Newest proven/ })
  await expect(newestProven).toContainText('Proven')
  await expect(newestProven.getByRole('link', { name: 'Restore it…' })).toHaveAttribute(
    'href',
    `/restore?backup=${proven.id}`,
  )
  await expectForEverybody(page, 'the failed validation')
})

test('the only backup of a database that fails says that there is no other', async ({ app, page }) => {
  await shop(app)
  const { id, copies } = await backUp(app, 'shop')
  writeFileSync(copies[0]?.location ?? '', 'not a backup')
  await app.open(`/backups/${id}/validate?level=presence`)
  await page.getByRole('button', { name: 'Check: presence' }).click()
  await expect(page.getByText('There is no other good backup of this database.')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Back up now' })).toBeVisible()
})

test('a restore test never runs on a production server without a written reason', async ({ app, page }) => {
  const reason = postgresBinDir(15) === null ? `PostgreSQL 15 not installed; ${installHint}` : null
  if (reason !== null && isEverythingRequired()) throw new Error(`Can't run here: ${reason}`)
  test.skip(reason !== null, reason ?? '')
  const server = await startPostgres({ version: 15 })
  try {
    await server.sql('CREATE DATABASE sales')
    await server.sql('CREATE TABLE orders AS SELECT generate_series(1, 10) AS id', 'sales')
    writeFileSync(app.path('password'), server.password, { mode: 0o600 })
    mkdirSync(app.path('nas'))
    await commandLine(app, ['destination', 'add', '--name', 'NAS', '--type', 'local', '--path', app.path('nas')])
    const where = ['--host', server.host, '--port', String(server.port), '--user', server.user, '--database', 'sales']
    const secret = ['--password-file', app.path('password')]
    const flags = ['--name', 'sales', '--engine', 'postgresql', '--environment', 'production', ...where, ...secret]
    await commandLine(app, ['connection', 'add', ...flags])
    const { id } = await backUp(app, 'sales')
    await app.open(`/backups/${id}/validate?level=restore`)
    await expect(page.getByRole('radio', { name: /^A temporary server/ })).toBeChecked()
    await page.getByRole('radio', { name: /^The server it came from \(sales\)/ }).check({ force: true })
    const start = page.getByRole('button', { name: 'Start the restore test' })
    await expect(start).toBeDisabled()
    await expect(page.getByText('Write why it may run on a production server.')).toBeVisible()
    await page.getByLabel('Why it may run on a production server').fill('agreed with Ada')
    await expect(page.getByText(`holdfast validate ${id}`)).toContainText("--scratch sales --consent 'agreed with Ada'")
    await start.click()
    await expect(page.getByText(/^Proven: /)).toBeVisible({ timeout: 60_000 })
    const audit = JSON.stringify(await commandLine(app, ['audit', 'list']))
    expect(audit).toContain('agreed with Ada')
  } finally {
    await server.stop()
  }
})
