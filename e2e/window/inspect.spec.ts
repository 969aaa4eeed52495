import { copyFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { browseTo } from '../pages/browse.ts'
import { commandLine } from './command-line.ts'
import { expect, test, type App } from './fixtures.ts'
import { makeShop } from './shop.ts'

const dialogName = 'A dump file'

test('a script that would run a program is shown and refused; nothing of it was run or stored', async ({
  app,
  page,
}) => {
  await makeShop(app)
  writeFileSync(
    app.path('theirs.sql'),
    `--\n-- PostgreSQL database dump\n--\nCREATE TABLE t (a text);\nCOPY t TO PROGRAM 'touch ${app.path('canary')}';\n--\n-- PostgreSQL database dump complete\n--\n`,
  )
  await app.open('/inspect')
  await page.getByRole('button', { name: 'Choose…' }).click()
  await browseTo(page.getByRole('dialog', { name: dialogName }), ['theirs.sql'], 'Open')
  await expect(page.getByRole('list', { name: 'Findings' })).toContainText('COPY_PROGRAM')
  await expect(page.getByRole('button', { name: 'Import', exact: true })).toBeDisabled()
  await expect(page.getByText('The file has findings for which it is refused.')).toBeVisible()
  await page.reload()
  await expect(page.getByRole('list', { name: 'Findings' })).toContainText('COPY_PROGRAM')
  expect(existsSync(app.path('canary'))).toBe(false)
  expect(await backups(app)).toEqual([])
  expect(readdirSync(app.path('nas'))).toEqual([])
})

test('a database file is imported and becomes a backup; Back does not import it again', async ({ app, page }) => {
  await makeShop(app)
  copyFileSync(app.path('shop.db'), app.path('old.sqlite'))
  await app.open('/inspect')
  await page.getByRole('button', { name: 'Choose…' }).click()
  await browseTo(page.getByRole('dialog', { name: dialogName }), ['old.sqlite'], 'Open')
  await expect(page.getByText('This is not a script')).toBeVisible()
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(page.getByText('The file is now one of the backups.')).toBeVisible()
  await page.reload()
  await page.getByRole('link', { name: 'Open the backup' }).click()
  await expect(page.getByRole('button', { name: 'Show rows of orders' })).toBeVisible()
  await page.goBack()
  await expect(page.getByText('The file is now one of the backups.')).toBeVisible()
  expect(await backups(app)).toHaveLength(1)
})

test('a dropped file is only chosen: a browser does not say where it lies, and nothing happens to it', async ({
  app,
  page,
}) => {
  await makeShop(app)
  await app.open('/inspect')
  const zone = page.getByText(/^Or drop a file here/)
  const box = await zone.boundingBox()
  const [x, y] = [(box?.x ?? 0) + 20, (box?.y ?? 0) + 5]
  const cdp = await page.context().newCDPSession(page)
  const data = { items: [], files: [app.path('shop.db')], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await cdp.send('Input.dispatchDragEvent', { type, x, y, data })
  }
  await expect(page.getByText('A browser does not say where shop.db lies.')).toBeVisible()
  expect(await backups(app)).toEqual([])
  expect(readdirSync(app.path('nas'))).toEqual([])
})

async function backups(app: App): Promise<readonly unknown[]> {
  return (await commandLine(app, ['backups', 'list'])) as readonly unknown[]
}
