import { expect, test } from './fixtures.ts'
import { backUpShop, makeShop, onShop } from './shop.ts'

test('a backup beside the live database: what changed is named, and the result stays over a reload', async ({
  app,
  page,
}) => {
  await makeShop(app)
  onShop(app, "CREATE TABLE alembic_version (version_num TEXT NOT NULL); INSERT INTO alembic_version VALUES ('0042')")
  const { id } = await backUpShop(app)
  onShop(
    app,
    `UPDATE orders SET note = 'late' WHERE id = 9; DELETE FROM customers WHERE id = 2; CREATE TABLE extra (id);
     ALTER TABLE customers ADD COLUMN phone TEXT; UPDATE alembic_version SET version_num = '0045'`,
  )
  await app.open(`/backups/${id}`)
  await page.getByRole('link', { name: 'Compare with live' }).click()
  await expect(page.getByText(`holdfast compare ${id} --live`)).toBeVisible()
  await page.getByRole('button', { name: 'Compare', exact: true }).click()
  await expect(page.getByText('4 of 4 objects differ.')).toBeVisible()
  const row = (name: string) => page.getByRole('row', { name: new RegExp(`^${name}`) })
  await expect(row('orders')).toContainText('columns note')
  await expect(row('customers')).toContainText('−1')
  await expect(row('extra')).toContainText('Only in the database')
  await expect(page.getByText(/Backup 0042 \(alembic.*, database 0045/)).toBeVisible()
  await page.getByRole('button', { name: '1 change of the structure of customers' }).click()
  await expect(page.getByRole('list', { name: 'Structure of customers' })).toContainText('Column phone')
  await page.reload()
  await expect(page.getByText('4 of 4 objects differ.')).toBeVisible()
  await page.getByRole('radio', { name: /^Only in the database/ }).click()
  await expect(row('orders')).toHaveCount(0)
  await page.goBack()
  await expect(page.getByText(/^Checked/).first()).toBeVisible()
})

test('two backups: chosen, equal, and the same one twice is not compared', async ({ app, page }) => {
  await makeShop(app)
  await backUpShop(app, '--name', 'first')
  await backUpShop(app, '--name', 'second')
  await app.open('/compare')
  const start = page.getByRole('button', { name: 'Compare', exact: true })
  await expect(start).toBeDisabled()
  await expect(page.getByText('Choose a backup.')).toBeVisible()
  const choose = async (group: string, name: string) => {
    await page.getByRole('group', { name: group }).getByRole('button').click()
    await page.getByRole('option').filter({ hasText: name }).click()
  }
  await choose('The backup', 'first')
  await page.getByRole('radio', { name: /^Another backup/ }).check({ force: true })
  await expect(page.getByText('Choose the second backup.')).toBeVisible()
  await choose('The second backup', 'first')
  await expect(page.getByText('These two are the same backup.')).toBeVisible()
  await expect(start).toBeDisabled()
  await choose('The second backup', 'second')
  await start.click()
  await expect(page.getByText('All 2 objects are equal.')).toBeVisible()
})

test('a database that is gone is an error with a way back', async ({ app, page }) => {
  await makeShop(app)
  const { id } = await backUpShop(app)
  await app.open(`/compare?backup=${id}&job=01JGH5QZ8M3X7V2K9P4R6T0WYA`)
  await expect(page.getByText('The comparison failed.')).toBeVisible()
  await expect(page.getByText('Code NOT_FOUND')).toBeVisible()
  await page.getByRole('button', { name: 'Change what is compared…' }).click()
  await expect(page.getByRole('button', { name: 'Compare', exact: true })).toBeEnabled()
})
