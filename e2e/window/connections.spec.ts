import { createSampleDatabase } from '../../main/engines/sqlite/sample-database.ts'
import { AddConnectionPage } from '../pages/connections.ts'
import { installHint, postgresBinDir } from '../servers/installed.ts'
import { isEverythingRequired } from '../servers/missing.ts'
import { startPostgres, type PostgresServer } from '../servers/postgres-cluster.ts'
import { commandLine } from './command-line.ts'
import { expect, test } from './fixtures.ts'

const password = 'p@ss/w:rd%1'

test.describe('a file', () => {
  test.beforeEach(({ app }) => createSampleDatabase(app.path('shop.db')))

  test('is added step by step; a reload and Back keep the answers', async ({ app, page }) => {
    await app.open('/connections')
    await page.getByRole('link', { name: 'Add a connection' }).click()
    const wizard = new AddConnectionPage(page)
    await wizard.chooseEngine('SQLite')
    await wizard.next()
    await expect(page.getByText('Choose the file of the database.')).toBeVisible()
    await wizard.chooseFile('shop.db')
    await expect(wizard.field('Name of the connection')).toHaveValue('shop')
    await wizard.field('Name of the connection').fill('the shop')
    await page.reload()
    await expect(wizard.field('Name of the connection')).toHaveValue('the shop')
    await expect(page.getByRole('group', { name: 'Database file' })).toContainText(app.path('shop.db'))
    await wizard.next()
    await wizard.choose('Staging')
    await page.goBack()
    await expect(wizard.title).toHaveText('Details')
    await page.goForward()
    await expect(page.getByRole('radio', { name: /^Staging/ })).toBeChecked()
    await wizard.next('Test the connection')
    await expect(page.getByText('Connected')).toBeVisible()
    await expect(page.getByRole('cell', { name: /MB$/ })).toBeVisible()
    await wizard.next()
    await expect(wizard.answers).toContainText('staging')
    await expect(page.getByText('holdfast connection add')).toContainText("--name 'the shop' --engine sqlite")
    await wizard.answers.getByRole('link', { name: 'Change Environment' }).click()
    await wizard.choose('Production')
    await page.goBack()
    await expect(wizard.answers).toContainText('production')
    expect(await commandLine(app, ['connection', 'list'])).toEqual([])
    await wizard.next('Save the shop')
    await expect(page.getByText('the shop is saved.')).toBeVisible()
    expect(await commandLine(app, ['connection', 'list'])).toMatchObject([
      { name: 'the shop', environment: 'production' },
    ])
    await page.goBack()
    await expect(page.getByText('Save the shop?')).toBeHidden()
    await page.goForward()
    await page.getByRole('link', { name: 'Back up now' }).click()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('the shop')
  })

  test('is tested, edited and removed on its page', async ({ app, page }) => {
    await commandLine(app, ['connection', 'add', '--name', 'shop', '--engine', 'sqlite', '--path', app.path('shop.db')])
    await app.open('/connections')
    await page.getByRole('link', { name: 'shop', exact: true }).click()
    await page.getByRole('button', { name: 'Test now' }).click()
    await expect(page.getByText(/^SQLite 3/)).toBeVisible()
    await page.getByRole('link', { name: 'Edit' }).click()
    const dialog = page.getByRole('alertdialog')
    await dialog.getByLabel('Goal in hours').fill('0')
    await expect(dialog.getByText('A number of hours from 1 to 8784.')).toBeVisible()
    await dialog.getByLabel('Goal in hours').fill('48')
    await dialog.getByLabel('Name').fill('store')
    await expect(dialog.getByText('holdfast connection edit')).toContainText('--name store --goal-hours 48')
    await page.keyboard.press('Escape')
    await expect(dialog.getByText('What was changed here is not saved yet.')).toBeVisible()
    await dialog.getByRole('button', { name: 'Go on editing' }).click()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(dialog).toBeHidden()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('store')
    expect(await commandLine(app, ['connection', 'show', 'store'])).toMatchObject({ goalHours: 48 })
    await page.getByRole('button', { name: 'Remove store…' }).click()
    await expect(dialog).toContainText('The database itself is not touched.')
    await dialog.getByRole('button', { name: 'Remove store' }).click()
    await expect(page.getByText('No database is known yet.')).toBeVisible()
    expect(await commandLine(app, ['connection', 'list'])).toEqual([])
  })

  test('that is gone is said to be gone', async ({ app, page }) => {
    await commandLine(app, ['connection', 'add', '--name', 'shop', '--engine', 'sqlite', '--path', app.path('gone.db')])
    await app.open('/connections/shop')
    await page.getByRole('button', { name: 'Test now' }).click()
    await expect(page.getByRole('alert')).toContainText('There is no file at the path of the database.')
    await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible()
  })
})

test('production without verified TLS is blocked until a reason is written, and limits of backups are kept', async ({
  app,
  page,
}) => {
  const where = ['--host', 'db1.example.net', '--user', 'ada', '--database', 'sales', '--no-password']
  await commandLine(app, [
    'connection',
    'add',
    '--name',
    'sales',
    '--engine',
    'postgresql',
    '--environment',
    'production',
    ...where,
  ])
  await app.open('/connections/sales')
  const accept = page.getByRole('button', { name: 'Accept unverified TLS' })
  await expect(accept).toBeDisabled()
  await expect(page.getByText('Available when a reason is written.')).toBeVisible()
  await page.getByLabel('Why it is accepted').fill('one rack')
  await accept.click()
  await expect(page.getByText(/Accepted: one rack/)).toBeVisible()
  await page.getByRole('link', { name: 'Edit' }).click()
  const dialog = page.getByRole('alertdialog')
  await dialog.getByLabel('Smallest size of a good backup').fill('20 parsecs')
  await expect(dialog.getByText('A size is written like 500 KB or 20 MB.')).toBeVisible()
  await dialog.getByLabel('Smallest size of a good backup').fill('20 MB')
  await dialog.getByLabel('Greatest age of a good backup, in hours').fill('36')
  await expect(dialog.getByText('holdfast connection edit sales --min-size 20000000 --max-age 36')).toBeVisible()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('20 MB, checked at every level')).toBeVisible()
  await expect(page.getByText('36 hours, checked at every level')).toBeVisible()
  // The edit said nothing of the way to the server: what was accepted still holds.
  await expect(page.getByText(/Accepted: one rack/)).toBeVisible()
  await page.getByRole('button', { name: 'Take the acceptance back' }).click()
  await expect(accept).toBeVisible()
})

test.describe('a server', () => {
  let server: PostgresServer | null = null
  const reason = postgresBinDir(15) === null ? `PostgreSQL 15 not installed; ${installHint}` : null
  test.beforeAll(async () => {
    if (reason !== null) return
    server = await startPostgres({ version: 15 })
    await server.sql(`CREATE ROLE ada LOGIN PASSWORD '${password}'`)
    await server.sql('CREATE DATABASE sales OWNER ada')
  })
  test.afterAll(() => server?.stop())
  test.beforeEach(() => {
    if (reason !== null && isEverythingRequired()) throw new Error(`Can't run here: ${reason}`)
    test.skip(reason !== null, reason ?? '')
  })

  const running = () => {
    if (server === null) throw new Error('The server does not run.')
    return server
  }
  const addressOf = (secret: string, port = running().port) =>
    `postgres://ada:${encodeURIComponent(secret)}@${running().host}:${String(port)}/sales`

  test('is added by its address; the password is kept in the vault and stands nowhere else', async ({ app, page }) => {
    await app.open('/connections/new')
    const wizard = new AddConnectionPage(page)
    await wizard.chooseEngine('PostgreSQL')
    await wizard.pasteAddress(`${addressOf(password)}?application_name=x`)
    await expect(page.getByText('Left out, because a connection has no such setting: application_name.')).toBeVisible()
    await expect(wizard.field('Paste an address (optional)')).toHaveValue('')
    await expect(wizard.field('Server')).toHaveValue(running().host)
    await expect(wizard.field('Password')).toHaveValue(password)
    await wizard.test('Development')
    await expect(page.getByText('Connected')).toBeVisible()
    await expect(page.getByRole('row', { name: /^pg_dump/ })).toBeVisible()
    await expect(page.getByRole('row', { name: /^sales/ })).toBeVisible()
    const kept = () =>
      page.evaluate(() =>
        JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), location.href, history.state]),
      )
    expect(await kept()).not.toContain(password)
    expect(await kept()).not.toContain(encodeURIComponent(password))
    expect(await kept()).toContain('sales')

    await page.reload()
    await expect(page.getByText('Password missing')).toBeVisible()
    await page.getByRole('link', { name: 'Type the password' }).click()
    await wizard.field('Password').fill(password)
    await wizard.test('Development')
    await expect(page.getByText('Connected')).toBeVisible()
    await wizard.next()
    await expect(wizard.answers).toContainText('Will be stored in the encrypted vault')
    await wizard.next('Save sales')
    await expect(page.getByText('Its password is in the vault')).toBeVisible()
    expect(await kept()).not.toContain(password)
    await page.getByRole('link', { name: 'Show the connection' }).click()
    await page.getByRole('button', { name: 'Test now' }).click()
    await expect(page.getByText('Connected')).toBeVisible()
    await expect(page.getByText('stored in the encrypted vault')).toBeVisible()
  })

  test('that does not answer, refuses the login or has no TLS: three different answers', async ({ app, page }) => {
    await app.open('/connections/new')
    const wizard = new AddConnectionPage(page)
    await wizard.chooseEngine('PostgreSQL')
    const cases = [
      { address: addressOf(password, 1), word: 'Unreachable', remedy: /firewall/ },
      { address: addressOf('wrong'), word: 'Login refused', remedy: /user and password/ },
      { address: `${addressOf(password)}?sslmode=require`, word: 'TLS failed', remedy: /TLS mode/ },
      {
        address: `${addressOf(password).replace(/sales$/, 'Sales')}?sslmode=prefer`,
        word: 'No such database',
        remedy: /capitals/,
      },
    ] as const
    for (const { address, word, remedy } of cases) {
      await wizard.pasteAddress(address)
      await wizard.test('Development')
      await expect(page.getByText(word, { exact: true })).toBeVisible()
      await expect(page.getByRole('alert')).toContainText(remedy)
      await page.getByRole('link', { name: 'Change the details' }).click()
    }
    await wizard.pasteAddress(`${addressOf(password)}?sslmode=prefer`)
    await wizard.test('Development')
    await expect(page.getByText('Connected')).toBeVisible()
  })

  test('gets another password, which is never shown', async ({ app, page }) => {
    const { host, port } = running()
    const where = ['--host', host, '--port', String(port), '--user', 'ada', '--database', 'sales', '--tls', 'prefer']
    await commandLine(app, [
      'connection',
      'add',
      '--name',
      'sales',
      '--engine',
      'postgresql',
      ...where,
      '--no-password',
    ])
    await app.open('/connections/sales?edit=true')
    const dialog = page.getByRole('alertdialog')
    await dialog.getByText('Replace the password').click()
    await dialog.getByLabel('New password').fill('wrong')
    await dialog.getByRole('button', { name: 'Test' }).click()
    await expect(dialog.getByText('Login refused')).toBeVisible()
    await dialog.getByLabel('New password').fill(password)
    await dialog.getByRole('button', { name: 'Test' }).click()
    await expect(dialog.getByText('Connected')).toBeVisible()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(dialog).toBeHidden()
    await page.getByRole('button', { name: 'Test now' }).click()
    await expect(page.getByText('Connected')).toBeVisible()
    expect(await page.content()).not.toContain(password)
    await page.getByRole('link', { name: 'Edit' }).click()
    await dialog.getByText('Replace the password').click()
    await expect(dialog.getByLabel('New password')).toHaveValue('')
  })
})
