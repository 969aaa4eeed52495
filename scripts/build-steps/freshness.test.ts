import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { isStale } from './freshness.ts'

let folder: string
let sources: string
let output: string
const built = new Date('2026-01-02T00:00:00Z')
const before = new Date('2026-01-01T00:00:00Z')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-fresh-'))
  sources = join(folder, 'main')
  output = join(folder, 'built')
  mkdirSync(join(sources, 'deep'), { recursive: true })
  writeFileSync(join(sources, 'deep/a.ts'), '')
  writeFileSync(output, '')
  for (const path of ['deep/a.ts', 'deep', '.']) utimesSync(join(sources, path), before, before)
  utimesSync(output, built, built)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('is fresh while every source is older', () => {
  expect(isStale(output, [sources, join(folder, 'absent')])).toBe(false)
})

it('is stale without an output', () => {
  expect(isStale(join(folder, 'absent'), [sources])).toBe(true)
})

it('is stale after a change in a source', () => {
  writeFileSync(join(sources, 'deep/a.ts'), 'changed')
  expect(isStale(output, [sources])).toBe(true)
})

it.each([
  ['deleted', () => rmSync(join(sources, 'deep/a.ts'))],
  ['renamed', () => renameSync(join(sources, 'deep/a.ts'), join(sources, 'deep/b.ts'))],
])('is stale after a source was %s', (_, change) => {
  change()
  expect(isStale(output, [sources])).toBe(true)
})

it('does not mind a change in a test or in what is generated', () => {
  writeFileSync(join(sources, 'deep/a.test.ts'), 'changed')
  mkdirSync(join(sources, 'deep/generated'))
  writeFileSync(join(sources, 'deep/generated/b.ts'), 'changed')
  utimesSync(join(sources, 'deep'), before, before)
  expect(isStale(output, [sources])).toBe(false)
})
