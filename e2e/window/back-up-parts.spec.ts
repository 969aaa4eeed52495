import { mkdirSync, writeFileSync } from 'node:fs'
import { createSampleDatabase } from '../../main/engines/sqlite/sample-database.ts'
import { postgresBinDir, installHint } from '../servers/installed.ts'
import { isEverythingRequired } from '../servers/missing.ts'
import { startPostgres, type PostgresServer } from '../servers/postgres-cluster.ts'
import { commandLine } from './command-line.ts'
import { expect, test, type App } from './fixtures.ts'

const version = 15

let server: PostgresServer
test.beforeAll(async () => {
  const reason = postgresBinDir(version) === null ? `PostgreSQL ${version} not installed; ${installHint}` : null
  if (reason !== null && isEverythingRequired()) throw new Error(`Can't run here: ${reason}`)
  test.skip(reason !== null, reason ?? '')
  server = await startPostgres({ version })
  await server.sql('CREATE DATABASE shop')
  await server.sql(
    `CREATE TABLE customers (id int PRIMARY KEY); INSERT INTO customers SELECT generate_series(1, 30);
     CREATE TABLE orders (id int PRIMARY KEY, customer int REFERENCES customers);
     INSERT INTO orders SELECT n, n FROM generate_series(1, 30) n;
     CREATE TABLE sessions (id int); INSERT INTO sessions SELECT generate_series(1, 9); ANALYZE;
     DO $$ BEGIN FOR n IN 1..400 LOOP EXECUTE format('CREATE TABLE log_%s (id int)', n); END LOOP; END $$`,
    'shop',
  )
})
test.afterAll(() => server.stop())
test.beforeEach(async ({ app }) => {
  mkdirSync(app.path('nas'))
  await commandLine(app, ['destination', 'add', '--name', 'NAS', '--type', 'local', '--path', app.path('nas')])
})

test('parts of a database among hundreds of tables are found, taken in a chosen format, and named on the result', async ({
  app,
  page,
}) => {
  await addShop(app)
  await app.open('/back-up?connection=shop')
  const next = page.getByRole('button', { name: 'Next' })
  await page.getByRole('radio', { name: /^Without these/ }).check({ force: true })
  await expect(page.getByText('Choose what is left out, or take everything.')).toBeVisible()
  await expect(page.getByText('403 objects')).toBeVisible()
  await expect(page.getByText('378 more; typing finds them sooner.')).toBeVisible()
  const find = page.getByRole('searchbox', { name: /^Find objects/ })
  await find.fill('public.log_*')
  await expect(page.getByText('400 of 403 match')).toBeVisible()
  await page.getByRole('button', { name: 'Tick the pattern public.log_*' }).click()
  await find.fill('orders')
  await page.getByRole('checkbox', { name: 'public.orders' }).check({ force: true })
  await find.fill('sess')
  await page.getByRole('checkbox', { name: 'Leave the rows of some tables out' }).check({ force: true })
  await page.getByRole('checkbox', { name: 'public.sessions without its rows' }).check({ force: true })
  await expect(page.getByRole('group', { name: 'Ticked: Without these' })).toContainText('public.log_*')
  await page.getByRole('button', { name: 'Take back public.orders' }).click()
  await next.click()
  await page.getByRole('radio', { name: /^PostgreSQL directory/ }).check({ force: true })
  await page.getByRole('button', { name: /Workers that write at once/ }).click()
  await page.getByRole('option', { name: '2', exact: true }).click()
  await expect(page.getByText(/Passwords of roles are not kept/)).toBeVisible()
  await page.getByRole('button', { name: 'Check and start' }).click()
  const answers = page.getByLabel('Your answers')
  await expect(answers).toContainText('All but public.log_*')
  await expect(answers).toContainText('PostgreSQL directory, as a tar, 2 workers at once')
  await page.reload()
  await expect(page.getByText('holdfast backup shop')).toHaveText(
    "holdfast backup shop --format directory --jobs 2 --exclude 'public.log_*' --exclude-rows public.sessions",
  )
  await page.getByRole('button', { name: 'Back up shop' }).click()
  await expect(page.getByText('shop is backed up.')).toBeVisible({ timeout: 60_000 })
  await expect(page.getByText('Part of the database')).toBeVisible()
  await expect(page.getByText('Without public.log_*.')).toBeVisible()
  const [made] = (await commandLine(app, ['backups', 'list'])) as readonly { readonly id: string }[]
  const shown = (await commandLine(app, ['backups', 'show', made?.id ?? ''])) as {
    readonly format: string
    readonly objects: readonly { readonly name: string; readonly rows: number | null }[]
  }
  expect(shown.format).toBe('directory')
  const names = shown.objects.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['public.customers', 'public.orders', 'public.sessions']))
  expect(names.some((name) => name.includes('log_'))).toBe(false)
})

test('a part of a SQLite database is taken as a script, and the window says why', async ({ app, page }) => {
  createSampleDatabase(app.path('sample.db'))
  const file = ['--engine', 'sqlite', '--path', app.path('sample.db')]
  await commandLine(app, ['connection', 'add', '--name', 'sample', ...file])
  await app.open('/back-up?connection=sample')
  await page.getByRole('radio', { name: /^Only these/ }).check({ force: true })
  await page.getByRole('searchbox', { name: /^Find objects/ }).fill('customers')
  await page.getByRole('button', { name: 'Tick it' }).click()
  await page.getByRole('button', { name: 'Next' }).click()
  await expect(page.getByText(/SQLite database file is not possible here/)).toBeVisible()
  await expect(page.getByRole('radio', { name: /^SQL script/ })).toBeChecked()
  await page.getByRole('button', { name: 'Check and start' }).click()
  await expect(page.getByText('holdfast backup sample')).toHaveText(
    'holdfast backup sample --format sql --include customers',
  )
  await page.getByRole('button', { name: 'Back up sample' }).click()
  await expect(page.getByText('sample is backed up.')).toBeVisible()
  await expect(page.getByText('Only customers.')).toBeVisible()
})

async function addShop(app: App): Promise<void> {
  const password = app.path('password')
  writeFileSync(password, server.password, { mode: 0o600 })
  const where = ['--host', server.host, '--port', String(server.port), '--user', server.user, '--database', 'shop']
  const shop = ['--name', 'shop', '--engine', 'postgresql', ...where, '--password-file', password]
  await commandLine(app, ['connection', 'add', ...shop])
}
