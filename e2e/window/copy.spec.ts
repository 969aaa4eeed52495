import { expect, test } from './fixtures.ts'

test('a command that may not be copied says so, and how it is copied all the same', async ({ app, page }) => {
  await app.open('/settings?section=tools')
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('denied', 'NotAllowedError'))
  })
  await page.getByRole('button', { name: 'Copy the command' }).first().click()
  await expect(page.getByRole('alert')).toContainText('It could not be copied.')
  await expect(page.getByRole('button', { name: 'Copied' })).toHaveCount(0)
})

test('a command is copied as it stands', async ({ app, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await app.open('/settings?section=tools')
  const button = page.getByRole('button', { name: 'Copy the command' }).first()
  await button.click()
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^holdfast doctor/)
})
