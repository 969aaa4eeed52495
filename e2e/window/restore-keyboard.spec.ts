import type { Page } from '@playwright/test'
import { RestorePages } from '../pages/restore.ts'
import { expect, test } from './fixtures.ts'
import { itemsOf, runSqlite, sqliteScene } from './restore-scene.ts'

test('a whole restore over an existing database, and its undo, with the keyboard alone', async ({ app, page }) => {
  const { file } = await sqliteScene(app, { environment: 'production' })
  runSqlite(file, "UPDATE orders SET item = 'changed'")
  await app.open('/restore')
  const wizard = new RestorePages(page)
  await expect(page.getByRole('radio').first()).toBeAttached()
  await tabTo(page, 'radio', /./)
  await page.keyboard.press('Space')
  await press(page, 'button', /^Look into it/)
  await expect(page.getByText(/^This backup holds/)).toBeVisible()
  await press(page, 'button', /^Choose the target/)
  await wizard.showsStep('Target')
  await tabTo(page, 'radio', /new database/)
  await page.keyboard.press('ArrowDown')
  await tabTo(page, 'radio', /The database of the connection/)
  await page.keyboard.press('Space')
  await press(page, 'button', /^Make the plan/)
  await expect(wizard.button('Continue to confirm')).toBeEnabled({ timeout: 60_000 })
  await press(page, 'button', /^Continue to confirm/)
  await expect(wizard.name).toBeVisible()
  await tabTo(page, 'textbox', /Name of the database/)
  await page.keyboard.type('shop.db')
  await page.keyboard.press('Enter')
  await wizard.showsStep('Confirm')
  await tabTo(page, 'checkbox', /This is production/)
  await page.keyboard.press('Space')
  await press(page, 'button', /^Replace shop\.db/)
  await wizard.result()
  expect(itemsOf(file)).toEqual(['item 1', 'item 2', 'item 3'])
  await press(page, 'button', /^Undo…/)
  await expect(wizard.name).toBeVisible({ timeout: 60_000 })
  await tabTo(page, 'textbox', /Name of the database/)
  await page.keyboard.type('shop.db')
  await tabTo(page, 'checkbox', /This is production/)
  await page.keyboard.press('Space')
  await press(page, 'button', /^Undo the restore of/)
  await expect(page.getByText(/The restore was undone/)).toBeVisible({ timeout: 60_000 })
  expect(itemsOf(file)).toEqual(['changed', 'changed', 'changed'])
})

async function press(page: Page, role: string, name: RegExp): Promise<void> {
  await tabTo(page, role, name)
  await page.keyboard.press('Enter')
}

/** Tabs until something of this role and name has the focus, which must be seen. */
async function tabTo(page: Page, role: string, name: RegExp): Promise<void> {
  for (let count = 0; count < 80; count += 1) {
    await page.keyboard.press('Tab')
    const found = await page.evaluate(() => {
      const element = document.activeElement
      if (element === null) return null
      const kind =
        element.getAttribute('role') ??
        (element instanceof HTMLInputElement
          ? ({ radio: 'radio', checkbox: 'checkbox' }[element.type] ?? 'textbox')
          : element.tagName.toLowerCase())
      const label = element.closest('label') ?? (element instanceof HTMLInputElement ? element.labels?.[0] : null)
      return {
        kind,
        text: `${element.getAttribute('aria-label') ?? ''} ${label?.textContent ?? element.textContent ?? ''}`.trim(),
      }
    })
    if (found?.kind === role && name.test(found.text)) return
  }
  throw new Error(`The keyboard reaches no ${role} named ${String(name)}.`)
}
