import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(join(root, 'docs/configuration.md'), 'utf8')
const named = (text: string) => new Set(text.match(/\bHOLDFAST_[A-Z_]+\b/g))

it('docs/configuration.md has every variable of the program, and no other', () => {
  const files = globSync(['main/**/*.ts', 'preload/**/*.ts', 'scripts/start.ts', 'scripts/start-steps/*.ts'], {
    cwd: root,
  }).filter((file) => !/\.test\.ts$|\/testing\/|conformance/.test(file))
  const used = named(files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n'))
  expect([...named(page)].toSorted()).toEqual([...used].toSorted())
})
