import { spawn, type ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { postgresBinDir, installHint } from '../servers/installed.ts'
import { isEverythingRequired } from '../servers/missing.ts'
import { startPostgres, type PostgresServer } from '../servers/postgres-cluster.ts'
import { RestorePages } from '../pages/restore.ts'
import { expect, test } from './fixtures.ts'
import { holdfast, postgresScene } from './restore-scene.ts'

const version = 15

let server: PostgresServer
test.beforeAll(async () => {
  const reason = postgresBinDir(version) === null ? `PostgreSQL ${version} not installed; ${installHint}` : null
  if (reason !== null && isEverythingRequired()) throw new Error(`Can't run here: ${reason}`)
  test.skip(reason !== null, reason ?? '')
  server = await startPostgres({ version })
})
test.afterAll(() => server.stop())
test.afterEach(async () => {
  await server.sql('DROP DATABASE IF EXISTS shop WITH (FORCE)')
})

test('a session blocks, the plan ends it; swap over PostgreSQL by name and checkbox, and undo', async ({
  app,
  page,
}) => {
  const { backup } = await postgresScene(app, server, { environment: 'production' })
  await server.sql("DELETE FROM orders WHERE id > 1; INSERT INTO orders VALUES (9, 'later')", 'shop')
  const other = openSession(server)
  try {
    await expect
      .poll(() => server.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'other'"))
      .toContain('1')
    await app.open(`/restore?step=target&backup=${backup}`)
    const wizard = new RestorePages(page)
    await wizard.chooseOver('swap')
    await wizard.makePlan()
    await expect(page.getByText(/Others are connected to the database/)).toBeVisible()
    await expect(wizard.button('Continue to confirm')).toBeDisabled()
    await expect(page.getByText('Available when nothing is in the way.')).toBeVisible()
    await wizard.button('Plan again, ending their sessions').click()
    await expect(wizard.button('Continue to confirm')).toBeEnabled({ timeout: 60_000 })
    await expect(page.getByText(/Sessions of others, if there are any, will be ended/)).toBeVisible()
    await wizard.continueToConfirm()
    await wizard.name.fill('shop')
    await expect(wizard.button('Replace shop')).toBeDisabled()
    await page.locator('label').filter({ hasText: 'This is production' }).click()
    await wizard.button('Replace shop').click()
    await wizard.result()
  } finally {
    other.kill('SIGKILL')
  }
  await expect(page.getByText(/1 of 1 table is equal to the backup; the database was away for/)).toBeVisible()
  expect(await server.sql('SELECT string_agg(item, $$,$$ ORDER BY id) FROM orders', 'shop')).toContain(
    'item 1,item 2,item 3',
  )
  await wizardUndo(new RestorePages(page))
  expect(await server.sql('SELECT string_agg(item, $$,$$ ORDER BY id) FROM orders', 'shop')).toContain('item 1,later')
})

test('a restore that is stopped leaves the database as it was, and says so', async ({ app, page }) => {
  const { backup } = await postgresScene(app, server)
  const hooks = [
    {
      name: 'wait',
      on: 'restore',
      phase: 'before',
      action: { kind: 'sql', sql: 'SELECT pg_sleep(120)' },
      timeoutSeconds: 200,
    },
  ]
  writeFileSync(app.path('hooks.json'), JSON.stringify(hooks))
  await holdfast(app, ['connection', 'edit', 'shop', '--hooks', app.path('hooks.json')])
  await server.sql("INSERT INTO orders VALUES (9, 'later')", 'shop')
  await app.open(`/restore?step=target&backup=${backup}`)
  const wizard = new RestorePages(page)
  await wizard.chooseOver('swap')
  await wizard.makePlan()
  await wizard.continueToConfirm()
  await wizard.name.fill('shop')
  await wizard.button('Replace shop').click()
  await expect(page.getByText('Restoring into shop.')).toBeVisible({ timeout: 30_000 })
  await page.reload()
  await expect(page.getByText(/shop is as it was, and stays so/)).toBeVisible({ timeout: 30_000 })
  await wizard.button(/^Stop/).click()
  await expect(page.getByText('The restore was stopped.')).toBeVisible({ timeout: 30_000 })
  await expect(page.getByText('shop is as it was.')).toBeVisible()
  expect(await server.sql('SELECT count(*) FROM orders', 'shop')).toContain('4')
})

test('two workers restore into a new database, and the plan lists the roles', async ({ app, page }) => {
  const { backup } = await postgresScene(app, server)
  await app.open(`/restore?step=target&backup=${backup}`)
  const wizard = new RestorePages(page)
  await page.getByLabel('Name of the new database').fill('shop_new')
  await page.getByLabel('Workers that restore at once').fill('2')
  await wizard.choose(/Also change those that exist/)
  await expect(page.getByText(/--roles alter .*--jobs 2/)).toBeVisible()
  await wizard.makePlan()
  await expect(page.getByText('2 at once')).toBeVisible()
  await expect(page.getByText(/is decoded to the disk of this machine first/)).toBeVisible()
  await expect(page.getByRole('region', { name: 'Roles and tablespaces', exact: true })).toContainText(server.user)
  await wizard.continueToConfirm()
  await wizard.button('Restore into shop_new').click()
  await wizard.result()
  expect(await server.sql('SELECT count(*) FROM orders', 'shop_new')).toContain('3')
  await server.sql('DROP DATABASE shop_new WITH (FORCE)')
})

async function wizardUndo(wizard: RestorePages): Promise<void> {
  await wizard.button('Undo…').click()
  await expect(wizard.name).toBeVisible({ timeout: 60_000 })
  await wizard.name.fill('shop')
  await expect(wizard.button(/^Undo the restore of/)).toBeDisabled()
  await wizard.page.locator('label').filter({ hasText: 'This is production' }).click()
  await wizard.button(/^Undo the restore of/).click()
  await expect(wizard.page.getByText(/The restore was undone/)).toBeVisible({ timeout: 60_000 })
}

/** Somebody who is connected and does nothing. */
function openSession({ binDir, host, port, user, password }: PostgresServer): ChildProcess {
  const session = spawn(join(binDir, 'psql'), ['-h', host, '-p', String(port), '-U', user, '-d', 'shop'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env['PATH'], PGPASSWORD: password, PGAPPNAME: 'other' },
  })
  return session
}
