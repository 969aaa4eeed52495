import { RestorePlan } from '../../preload/contract/index.ts'
import { RestorePages } from '../pages/restore.ts'
import { expect, test, type App } from './fixtures.ts'
import { call, holdfast, itemsOf, runSqlite, sqliteScene } from './restore-scene.ts'
import type { Page } from '@playwright/test'

const precious = ['precious']

test('nothing goes over an existing database by the addresses of later steps', async ({ app, page }) => {
  const { backup, file } = await scene(app)
  const target = encodeURIComponent(
    JSON.stringify({ mode: 'swap', over: 'own', confirm: 'shop.db', noSafetyBackup: 'x' }),
  )
  await app.open()
  for (const step of ['plan', 'confirm', 'run']) {
    // Without a plan there is no later step.
    await page.goto(new URL(`/restore?step=${step}&backup=${backup}&target=${target}`, app.host.address).href)
    const wizard = new RestorePages(page)
    await wizard.showsStep('Target')
    await expect(page.getByRole('checkbox', { name: 'Take a safety backup first' })).toBeChecked()
  }
  // The job of a plan, or of nothing, is no restore that runs.
  const { jobId } = await planned(app, page, { backup, mode: 'swap' })
  for (const job of [jobId, '01ARZ3NDEKTSV4RRFFQ69G5FAV']) {
    await page.goto(new URL(`/restore?step=plan&backup=${backup}&plan=${job}&job=${job}`, app.host.address).href)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  }
  const wizard = new RestorePages(page)
  await page.goto(
    new URL(`/restore?step=confirm&backup=${backup}&plan=${jobId}&confirm=shop.db`, app.host.address).href,
  )
  await expect(wizard.name).toHaveValue('')
  await expect(wizard.productionMeant).not.toBeChecked()
  await expect(wizard.button('Replace shop.db')).toBeDisabled()
  await expectUntouched(app, file)
})

test('the final button waits for the exact name and, for production, for the checkbox; Enter does nothing', async ({
  app,
  page,
}) => {
  const { backup, file } = await scene(app)
  await app.open()
  const { jobId } = await planned(app, page, { backup, mode: 'in-place' })
  await page.goto(new URL(`/restore?step=confirm&backup=${backup}&plan=${jobId}`, app.host.address).href)
  const wizard = new RestorePages(page)
  const start = wizard.button('Write over shop.db')
  for (const typed of ['', 'shop', 'Shop.db', ' shop.db', 'shop.db ', 'shop.dbx']) {
    await wizard.name.fill(typed)
    await page.locator('label').filter({ hasText: 'This is production' }).click()
    await expect(wizard.productionMeant).toBeChecked()
    await expect(start).toBeDisabled()
    await wizard.name.press('Enter')
    await page.locator('label').filter({ hasText: 'This is production' }).click()
  }
  await wizard.name.fill('shop.db')
  await expect(start).toBeDisabled()
  await expect(page.getByText('Available when the checkbox is ticked.')).toBeVisible()
  await wizard.name.press('Enter')
  await wizard.showsStep('Confirm')
  // What was typed is in no address and is not there after a reload.
  await page.locator('label').filter({ hasText: 'This is production' }).click()
  await expect(start).toBeEnabled()
  expect(page.url()).not.toContain('shop.db')
  await page.reload()
  await expect(wizard.name).toHaveValue('')
  await expect(wizard.productionMeant).not.toBeChecked()
  await expect(start).toBeDisabled()
  await expectUntouched(app, file)
})

test('the safety backup is left out with a written reason alone, and the reason is not kept', async ({ app, page }) => {
  const { backup } = await scene(app)
  await app.open(`/restore?step=target&backup=${backup}`)
  const wizard = new RestorePages(page)
  await wizard.chooseOver('swap')
  await page.locator('label').filter({ hasText: 'Take a safety backup first' }).click()
  await expect(wizard.button('Make the plan')).toBeDisabled()
  await expect(page.getByText('Write why no safety backup is taken.')).toBeVisible()
  await page.getByRole('textbox', { name: 'Why no safety backup is taken' }).fill('   ')
  await expect(wizard.button('Make the plan')).toBeDisabled()
  await page.getByRole('textbox', { name: 'Why no safety backup is taken' }).fill('a copy was made by hand')
  await expect(wizard.button('Make the plan')).toBeEnabled()
  expect(page.url()).not.toContain('copy')
  await page.reload()
  await expect(page.getByRole('checkbox', { name: 'Take a safety backup first' })).toBeChecked()
})

test('direct calls are refused: without plan, with a plan of others, edited, blocked, or with another name', async ({
  app,
  page,
}) => {
  const { backup, file } = await scene(app)
  await app.open()
  const { plan } = await planned(app, page, { backup, mode: 'swap' })
  const made = RestorePlan.parse(plan)
  const unsafe = { ...made, safetyBackup: { taken: false, reason: null } }
  const attempts: readonly (readonly [input: unknown, code: RegExp])[] = [
    [{}, /USAGE/],
    [{ confirm: 'shop.db' }, /USAGE/],
    [{ plan: { ...made, hash: undefined }, confirm: 'shop.db' }, /USAGE|PLAN_INVALID/],
    [{ plan: made, confirm: '' }, /CONFIRMATION_MISSING/],
    [{ plan: made, confirm: 'shop' }, /CONFIRMATION_WRONG/],
    [{ plan: made, confirm: ' shop.db' }, /CONFIRMATION_WRONG/],
    [{ plan: unsafe, confirm: 'shop.db' }, /PLAN_INVALID/],
    [{ plan: { ...made, confirm: 'x' }, confirm: 'x' }, /PLAN_INVALID/],
    [{ plan: { ...made, hash: 'a'.repeat(64) }, confirm: 'shop.db' }, /PLAN_INVALID/],
    [{ plan: { ...made, target: { ...made.target, database: '/etc/hosts' } }, confirm: 'shop.db' }, /PLAN_INVALID/],
  ]
  for (const [input, code] of attempts) {
    const answer = await call(app, page, 'restores.apply', input)
    expect(answer.ok, JSON.stringify(input)).toBe(false)
    if (!answer.ok) expect(answer.error.code, JSON.stringify(input)).toMatch(code)
  }
  // No reason, no plan without safety backup.
  for (const noSafetyBackup of ['', false, true]) {
    const answer = await call(app, page, 'restores.plan', { backup, mode: 'swap', noSafetyBackup })
    expect(answer.ok).toBe(false)
  }
  // A window names no path.
  const named = await call(app, page, 'restores.plan', { backup, mode: 'swap', database: file })
  expect(named.ok).toBe(false)
  // The application isn't asked by another site.
  const { origin } = new URL(app.host.address)
  const foreign = await page.request.post(`${origin}/api/restores.apply`, {
    headers: { origin: 'http://127.0.0.1:9' },
    data: { plan: made, confirm: 'shop.db' },
  })
  expect(foreign.ok()).toBe(false)
  await expectUntouched(app, file)
})

/** A production database with something precious that is not in its backup. */
async function scene(app: App) {
  const made = await sqliteScene(app, { environment: 'production' })
  runSqlite(made.file, "DELETE FROM orders; INSERT INTO orders VALUES (1, 'precious')")
  return made
}

async function planned(
  app: App,
  page: Page,
  request: { readonly backup: string; readonly mode: string },
): Promise<{ readonly jobId: string; readonly plan: unknown }> {
  const started = await call<{ jobId: string }>(app, page, 'restores.plan', request)
  if (!started.ok) throw new Error(started.error.message)
  const { jobId } = started.data
  const ended = await call<{ status: { result?: unknown } }>(app, page, 'jobs.wait', { jobId })
  if (!ended.ok) throw new Error(ended.error.message)
  return { jobId, plan: ended.data.status.result }
}

async function expectUntouched(app: App, file: string): Promise<void> {
  expect(itemsOf(file)).toEqual(precious)
  expect(await holdfast(app, ['restore', 'list'])).toEqual([])
}
