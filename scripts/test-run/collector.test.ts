import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { startVitest } from 'vitest/node'
import { root } from '../build-steps/project.ts'
import { Collector } from './collector.ts'

let folder: string
beforeEach(() => {
  vi.stubEnv('HOLDFAST_REQUIRE_ALL', undefined)
  folder = mkdtempSync(join(root, 'node_modules/.holdfast-collector-'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

/** What the collector counts for one test file with this text. */
async function tallyOf(tests: string) {
  writeFileSync(
    join(folder, 'planted.test.ts'),
    `import { beforeAll, describe, expect, it } from 'vitest'\nimport { requireForEach } from '${join(root, 'e2e/servers/missing.ts')}'\n${tests}`,
  )
  const collector = new Collector()
  const exitCode = process.exitCode
  const vitest = await startVitest('test', [], {
    root: folder,
    config: false,
    watch: false,
    include: ['*.test.ts'],
    exclude: [],
    reporters: [collector],
  })
  await vitest.close()
  process.exitCode = exitCode
  const file = /^.*planted\.test\.ts/
  return {
    ...collector.tally,
    failed: collector.tally.failed.map((name) => name.replace(file, 'file')),
    skipped: collector.tally.skipped.map(({ test, reason }) => `${test.replace(file, 'file')}: ${reason}`),
  }
}

it('counts what passed and failed, and why a test was skipped', async () => {
  const tally = await tallyOf(`
    it('passes', () => {})
    it('fails', () => { expect(1).toBe(2) })
    it('decides by itself', (context) => context.skip('no server'))
    it.skip('is switched off', () => {})
    describe('block', () => {
      requireForEach('no program')
      it('needs it', () => {})
    })`)
  expect(tally).toEqual({
    passed: 1,
    failed: ['file > fails'],
    skipped: [
      'file > decides by itself: no server',
      'file > is switched off: no reason given',
      'file > block > needs it: no program',
    ],
  })
})

it('counts a test whose server is missing as failed where everything is required', async () => {
  vi.stubEnv('HOLDFAST_REQUIRE_ALL', '1')
  const tally = await tallyOf("requireForEach('no program')\nit('needs it', () => {})")
  expect(tally).toEqual({ passed: 0, failed: ['file > needs it'], skipped: [] })
})

it('counts a file that breaks outside its tests as failed', async () => {
  expect(await tallyOf("throw new Error('broken')")).toMatchObject({ passed: 0, failed: ['file: setup'] })
})

it('counts a block whose preparation breaks as failed', async () => {
  const tally = await tallyOf(`
    describe('block', () => {
      beforeAll(() => { throw new Error('broken') })
      it('runs', () => {})
    })`)
  expect(tally.failed).toContain('file > block: setup')
})

it('counts an error outside any test as failed', async () => {
  const tally = await tallyOf("it('passes', () => { setTimeout(() => { throw new Error('late') }) })")
  expect(tally.failed).toContain('outside any test: late')
})

it('counts a run without tests as failed', async () => {
  expect(await tallyOf('')).toMatchObject({ passed: 0, failed: [expect.any(String)] })
})
