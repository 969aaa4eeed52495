import { expect, test } from './fixtures.ts'

test.describe('the window in a browser', () => {
  test('opens at the printed address, and takes the token out of the address bar', async ({ app, page }) => {
    await page.goto(app.host.address)
    expect(new URL(page.url()).search).toBe('')
    await expect(page.getByRole('navigation').first()).toBeVisible()
    await expect(page.getByRole('main')).toBeVisible()
    expect(await page.evaluate(() => document.cookie)).toBe('')
  })

  test('shows the same page after a reload, and in a second window', async ({ app, page, secondPage }) => {
    await app.open('/activity')
    await page.reload()
    await expect(page).toHaveURL(/\/activity$/)
    await expect(page.getByRole('main')).toBeVisible()
    await secondPage.goto(page.url())
    await expect(secondPage.getByRole('main')).toBeVisible()
  })

  test('has no session by a used address; a new one gives another browser its own', async ({ app, browser }) => {
    const used = app.host.address
    await app.open()
    const other = await browser.newContext()
    const page = await other.newPage()
    for (const address of [used, new URL('/', used).href]) {
      const response = await page.goto(address)
      expect(response?.status()).toBe(401)
      await expect(page.getByRole('heading')).toHaveText('This browser has no session with Holdfast')
      await expect(page.getByRole('main')).toHaveCSS('max-width', '450px')
    }
    await page.goto(await app.host.newAddress())
    await expect(page.getByRole('navigation').first()).toBeVisible()
    await other.close()
  })

  test('is not reached by pages of other servers, nor shown in their frames', async ({ app, page, browser }) => {
    await app.open()
    const { origin } = new URL(app.host.address)
    const other = await browser.newContext({ storageState: await page.context().storageState() })
    const foreign = await other.newPage()
    // Another port of this machine: the same site, with the cookie.
    await foreign.route('http://127.0.0.1:9/**', (route) =>
      route.fulfill({ contentType: 'text/html', body: `<iframe src="${origin}/"></iframe>` }),
    )
    await foreign.goto('http://127.0.0.1:9/')
    const outcomes = await foreign.evaluate(async (address) => {
      const call = { method: 'POST', credentials: 'include', body: '{}' } as const
      const attempts = [
        fetch(`${address}/api/app.info`, { ...call, headers: { 'content-type': 'application/json' } }),
        fetch(`${address}/api/app.info`, { ...call, mode: 'no-cors', headers: { 'content-type': 'text/plain' } }),
        fetch(`${address}/`, { credentials: 'include' }),
      ]
      const settled = await Promise.allSettled(attempts)
      const frames = [...document.querySelectorAll('iframe')].map((frame) => frame.contentDocument === null)
      return { read: settled.filter((each) => each.status === 'fulfilled' && each.value.ok).length, frames }
    }, origin)
    expect(outcomes).toEqual({ read: 0, frames: [true] })
    await other.close()
  })
})

test.describe('a test fails', () => {
  test.fail()

  test('when a page breaks the policy', async ({ app, page }) => {
    await app.open()
    await page.evaluate(() => {
      const style = document.createElement('style')
      style.textContent = 'body { color: red }'
      document.head.append(style)
    })
  })

  test('when a page writes an error', async ({ app, page }) => {
    await app.open()
    await page.evaluate("console.error('something broke')")
  })
})
