import { RestorePages } from '../pages/restore.ts'
import { expectForEverybody } from './accessibility.ts'
import { expect, test } from './fixtures.ts'
import { backUp, itemsOf, runSqlite, sqliteScene } from './restore-scene.ts'

test('one table of a backup is restored in place; the plan says what differs, and offers the backup that fits', async ({
  app,
  page,
}) => {
  const { file } = await sqliteScene(app)
  runSqlite(
    file,
    `CREATE TABLE alembic_version (version_num TEXT NOT NULL); INSERT INTO alembic_version VALUES ('0042');
     CREATE TABLE notes (id INTEGER PRIMARY KEY, note TEXT); INSERT INTO notes VALUES (1, 'as it was')`,
  )
  const older = await backUp(app, 'shop')
  runSqlite(
    file,
    `ALTER TABLE orders ADD COLUMN colour TEXT; UPDATE alembic_version SET version_num = '0045';
     UPDATE orders SET item = 'fitting'; UPDATE notes SET note = 'newer'`,
  )
  const fitting = await backUp(app, 'shop')
  runSqlite(file, "UPDATE orders SET item = 'broken'; UPDATE notes SET note = 'newest'")

  await app.open(`/restore?step=contents&backup=${older}`)
  const wizard = new RestorePages(page)
  await page.getByRole('radio', { name: 'Only chosen ones' }).click()
  await expect(page.getByText('Choose at least one object to restore.')).toBeVisible()
  await expect(wizard.button('Choose the target')).toBeDisabled()
  await page.getByRole('searchbox', { name: 'Find an object' }).fill('ORD')
  await wizard.button('Restore the 1 found').click()
  await expect(page.getByRole('list', { name: 'Restored' })).toContainText('orders')
  await page.reload()
  await expect(page.getByRole('list', { name: 'Restored' })).toContainText('orders')
  await wizard.button('Choose the target').click()
  await expect(page.getByText('Structure and rows, only of orders, and of what they need.')).toBeVisible()
  await expect(page.getByRole('radio', { name: /beside it, then swapped/ })).toBeDisabled()
  await expect(page.getByText(/Not for parts of a backup/)).toBeVisible()
  await wizard.chooseOver('in place')
  await expect(
    page.getByText(new RegExp(`restore plan ${older} --to shop --mode in-place --include orders`)),
  ).toBeVisible()
  await wizard.makePlan()
  await expect(page.getByText(/Backup 0042 \(alembic.*, target 0045/)).toBeVisible()
  await wizard.button(/change of the structure of orders/).click()
  await expect(page.getByRole('list', { name: 'Structure of orders' })).toContainText('Column colour')
  await expectForEverybody(page, 'plan')
  await expect(page.getByText(/has another structure than this backup/)).toBeVisible()
  await wizard.button('Plan with that backup').click()
  await page.waitForURL(new RegExp(fitting))
  await expect(wizard.button('Continue to confirm')).toBeEnabled({ timeout: 60_000 })
  await expect(page.getByText(/has another structure than this backup/)).toHaveCount(0)
  await wizard.continueToConfirm()
  await wizard.name.fill('shop.db')
  await wizard.button('Write over shop.db').click()
  await wizard.result()
  await expect(page.getByText(/is equal to the backup/)).toBeVisible()
  expect(itemsOf(file)).toEqual(['fitting', 'fitting', 'fitting'])
})
