import { existsSync, statSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeRunDirectory, makeShortFolder, removeRunDirectory } from './run-directory.ts'

let home: string
let temporary: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'holdfast-test-'))
  temporary = await mkdtemp(join(tmpdir(), 'holdfast-test-'))
})
afterEach(async () => {
  await rm(home, { recursive: true, force: true })
  await rm(temporary, { recursive: true, force: true })
})
const job = '01ARZ3NDEKTSV4RRFFQ69G5FAV'

it('makes a folder with a short path inside of the run folder', async () => {
  const run = await makeRunDirectory(home, job)
  const folder = await makeShortFolder(run, 'c', { isOutside: false, temporary })
  expect(dirname(folder)).toBe(run)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
})

it.each([
  ['the path would be too long', 'c'.repeat(80), false],
  ['it is asked for', 'c', true],
])('makes it elsewhere where %s, and removes it with the run folder', async (_why, name, isOutside) => {
  const run = await makeRunDirectory(home, job)
  const folder = await makeShortFolder(run, name, { isOutside, temporary })
  expect(dirname(folder)).toBe(temporary)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  await mkdir(join(folder, 'data'))
  expect(await removeRunDirectory(home, job)).toBe(true)
  expect(existsSync(folder) || existsSync(run)).toBe(false)
})

it('removes nothing that only claims to belong to the run', async () => {
  const run = await makeRunDirectory(home, job)
  await writeFile(join(run, 'elsewhere'), `${temporary}\n../\nhf-run-x\n`)
  await removeRunDirectory(home, job)
  expect(existsSync(temporary)).toBe(true)
})
