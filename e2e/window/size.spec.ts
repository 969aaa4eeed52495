import { gzipSync } from 'node:zlib'
import { expect, test } from './fixtures.ts'

const mostBytes = 320_000

test('the first page needs little JavaScript', async ({ app, page }) => {
  const scripts: Promise<number>[] = []
  page.on('response', (response) => {
    if (response.request().resourceType() !== 'script') return
    scripts.push(response.body().then((body) => gzipSync(body).length))
  })
  await app.open('/')
  await expect(page.getByText('No database is registered yet.')).toBeVisible()
  const sizes = await Promise.all(scripts)
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  const description = `${String(Math.round(bytes / 1000))} kB gzip in ${String(sizes.length)} files`
  test.info().annotations.push({ type: 'JavaScript of the first page', description })
  expect(sizes.length).toBeGreaterThan(2)
  expect(bytes).toBeLessThan(mostBytes)
})
