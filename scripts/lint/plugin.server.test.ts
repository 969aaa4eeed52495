import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

const root = dirname(dirname(import.meta.dirname))
const oxlint = join(root, 'node_modules/oxlint/bin/oxlint')
let project: string

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'holdfast-lint-'))
  cpSync(join(root, '.oxlintrc.json'), join(project, '.oxlintrc.json'))
  cpSync(join(root, 'scripts/lint'), join(project, 'scripts/lint'), { recursive: true })
})
afterEach(() => rmSync(project, { recursive: true, force: true }))

function plant(file: string, text: string): void {
  mkdirSync(dirname(join(project, file)), { recursive: true })
  writeFileSync(join(project, file), text)
}

/** Lints the planted files as the project's own `npm run lint` would, without type information. */
function lint(): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [oxlint, 'main'], { cwd: project, encoding: 'utf8' })
  return { status, output: stdout + stderr }
}

it.each([
  ['a static import', "import { x } from '../../engines/sqlite/args.ts'\nexport const y = x\n"],
  ['an import of a type', "import type { X } from '../../engines/sqlite/args.ts'\nexport type Y = X\n"],
  ['a type named by its file', "export type Y = import('../../engines/sqlite/args.ts').X\n"],
  ['a dynamic import', "export const y = await import('../../engines/sqlite/args.ts')\n"],
  ['a re-export of one name', "export { x } from '../../engines/sqlite/args.ts'\n"],
  ['a re-export of everything', "export * from '../../engines/sqlite/args.ts'\n"],
  ['require', "export const y: unknown = require('../../engines/sqlite/args.ts')\n"],
])('refuses %s across layers, and says what is allowed', (_, text) => {
  plant('main/engines/sqlite/args.ts', 'export type X = number\nexport const x: X = 1\n')
  plant('main/backup/steps/run-backup.ts', text)
  const { status, output } = lint()
  expect(status).toBe(1)
  expect(output).toContain(
    'Layer: main/backup/ may not import main/engines/sqlite/args.ts. It may import: main/backup/, main/hooks/, main/workbench/',
  )
})

it('refuses to start a process outside main/tools', () => {
  plant('main/backup/run-backup.ts', "import { spawn } from 'node:child_process'\nexport const y = spawn\n")
  const { status, output } = lint()
  expect(status).toBe(1)
  expect(output).toContain('Only these may: main/tools/ and main/app/fork-job.ts')
})

it('refuses a cycle of imports', () => {
  plant('main/artifact/a.ts', "import { b } from './b.ts'\nexport const a = () => b\n")
  plant('main/artifact/b.ts', "import { a } from './a.ts'\nexport const b = () => a\n")
  const { status, output } = lint()
  expect(status).toBe(1)
  expect(output).toContain('no-cycle')
})

it('accepts imports within the layers', () => {
  plant('main/engines/engine.ts', 'export type X = number\nexport const x: X = 1\n')
  plant(
    'main/backup/steps/run-backup.ts',
    "import type { X } from '../../engines/engine.ts'\nexport { x } from '../../engines/engine.ts'\nexport type Y = X\n",
  )
  expect(lint()).toMatchObject({ status: 0 })
})
