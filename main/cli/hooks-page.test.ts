import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Hook, RestoreCheck } from '../../preload/contract/index.ts'
import { readChecks, readHooks } from './hook-files.ts'

const page = readFileSync(new URL('../../docs/hooks.md', import.meta.url), 'utf8')
const examples = [...page.matchAll(/^### (.+)\n[^]*?```json\n([^]*?)```/gm)].map(([, title = '', json = '']) => ({
  title,
  json,
  isOfChecks: json.includes('"test":'),
}))

describe('docs/hooks.md', () => {
  it('has its recipes, and no JSON outside of them', () => {
    expect(examples.map(({ title }) => title)).toEqual([
      'A maintenance page',
      'Stop the workers, and start them again',
      'Run migrations after success',
      'Around a backup',
      'Health check',
    ])
    expect(page.match(/```json/g)).toHaveLength(examples.length)
  })

  it.each(examples)('$title is taken by the command line', ({ json, isOfChecks }) => {
    const folder = mkdtempSync(join(tmpdir(), 'hf-hooks-page-'))
    try {
      const file = join(folder, 'example.json')
      writeFileSync(file, json)
      expect((isOfChecks ? readChecks(file) : readHooks(file)).length).toBeGreaterThan(1)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('shows each kind of hook and check', () => {
    const kindsOf = (isOfChecks: boolean) =>
      new Set(
        examples
          .filter((each) => each.isOfChecks === isOfChecks)
          .flatMap(({ json }) => JSON.parse(json) as Record<string, { kind: string }>[])
          .map(({ action, test }) => (action ?? test)?.kind),
      )
    expect(kindsOf(false)).toEqual(new Set(Hook.shape.action.options.map(({ shape }) => shape.kind.value)))
    expect(kindsOf(true)).toEqual(new Set(RestoreCheck.shape.test.options.map(({ shape }) => shape.kind.value)))
  })
})
