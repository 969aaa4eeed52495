import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { expect, test as base } from './fixtures.ts'

/** The same port after a restart, as with a bookmark. */
const test = base.extend<{ readonly hostArgs: readonly string[] }>({
  hostArgs: async ({ browserName: _ }, use) => {
    let port = anyPort()
    while (!(await isFree(port))) port = anyPort()
    await use(['--port', String(port)])
  },
})

/** Below those that the system hands out: nobody gets it while Holdfast is gone. */
const anyPort = () => randomInt(20_000, 30_000)

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const isListening = new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true))
  })
  const isOurs = await isListening
  if (isOurs) await new Promise((resolve) => server.close(resolve))
  return isOurs
}

test('when Holdfast is gone and comes back, the window says so, and goes on once it has a session again', async ({
  app,
  page,
  context,
}) => {
  // Requests fail while nobody answers, and are refused while there is no session.
  app.expectComplaint(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE|401/)
  await app.open('/connections')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Connections')
  await expect(page.getByRole('alert')).toHaveCount(0)

  app.host.signal('SIGTERM')
  await app.host.ended
  await expect(page.getByRole('alert')).toContainText('Not connected')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Connections')

  await app.restart()
  await expect(page.getByRole('alert')).toContainText('Session ended')

  const other = await context.newPage()
  await other.goto(app.host.address)
  await expect(other.getByRole('heading', { level: 1 })).toHaveText('Overview')
  await expect(page.getByRole('alert')).toHaveCount(0)
  await page.getByRole('link', { name: 'Destinations' }).click()
  await expect(page.getByText(/destination/i).first()).toBeVisible()
  await expect(page.getByText('Not loaded')).toHaveCount(0)
})

test('a page that is asked for without a network answer says so and can be asked for again', async ({ app, page }) => {
  app.expectComplaint(/ERR_FAILED|Failed to load resource/)
  await app.open('/')
  await page.route('**/api/destinations.list', (route) => route.abort())
  await page.route('**/api/destinations.usage', (route) => route.abort())
  await page.goto(new URL('/destinations', app.host.address).href)
  await expect(page.getByText('Not loaded').first()).toBeVisible({ timeout: 20_000 })
  await page.unroute('**/api/destinations.list')
  await page.unroute('**/api/destinations.usage')
  await page.getByRole('button', { name: 'Try again' }).first().click()
  await expect(page.getByText('Not loaded')).toHaveCount(0)
})
