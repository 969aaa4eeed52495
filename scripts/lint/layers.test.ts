import { describe, expect, it } from 'vitest'
import { findViolation, layers } from './layers.ts'

const path = (from: string, to: string, isTypeOnly = false) => findViolation({ from, to, isPath: true, isTypeOnly })
const name = (from: string, to: string) => findViolation({ from, to, isPath: false, isTypeOnly: false })

describe('imports that the layers allow', () => {
  it.each([
    ['main/cli/main.ts', 'main/app/index.ts'],
    ['main/cli/main.ts', 'main/browser/main.ts'],
    ['main/cli/commands/backup.ts', 'preload/contract/index.ts'],
    ['main/app/compose.ts', 'main/engines/registry.ts'],
    ['main/backup/run-backup.ts', 'main/engines/engine.ts'],
    ['main/backup/deep/er/name.ts', 'main/artifact/manifest.ts'],
    ['main/validation/run.ts', 'main/restore/plan.ts'],
    ['main/backup/run-backup.ts', 'main/hooks/run-hooks.ts'],
    ['main/restore/apply.ts', 'main/hooks/run-hooks.ts'],
    ['main/hooks/run-hooks.ts', 'main/tools/run-tool.ts'],
    ['main/engines/sqlite/engine.ts', 'main/engines/sqlite/args.ts'],
    ['main/engines/postgresql/reader.ts', 'main/engines/kernel/kernel.ts'],
    ['main/engines/registry.ts', 'main/engines/postgresql/index.ts'],
    ['main/backup/run-backup.test.ts', 'main/engines/sqlite/engine.ts'],
    ['main/backup/run-backup.server.test.ts', 'e2e/servers/postgres.ts'],
    ['preload/contract/jobs.ts', 'preload/contract/ids.ts'],
  ])('%s imports %s', (from, to) => {
    expect(path(from, to)).toBeNull()
  })

  it('lets the engine interface import types, and only types, of the services it names', () => {
    expect(path('main/engines/engine.ts', 'main/artifact/manifest.ts', true)).toBeNull()
    expect(path('main/engines/engine.ts', 'main/artifact/manifest.ts', false)).toContain('types only: main/artifact/')
  })

  it('lets tools and the file that forks jobs start processes', () => {
    expect(name('main/tools/run.ts', 'execa')).toBeNull()
    expect(name('main/app/fork-job.ts', 'node:child_process')).toBeNull()
    expect(name('main/catalog/catalog.ts', 'better-sqlite3')).toBeNull()
  })
})

describe('imports that break the layers', () => {
  it.each([
    ['renderer/pages/backups.tsx', 'main/app/index.ts'],
    ['preload/contract/jobs.ts', 'main/jobs/context.ts'],
    ['main/cli/main.ts', 'main/backup/run-backup.ts'],
    ['main/cli/run.ts', 'main/browser/main.ts'],
    ['main/app/index.ts', 'main/cli/main.ts'],
    ['main/backup/run-backup.ts', 'main/engines/postgresql/args.ts'],
    ['main/backup/run-backup.ts', 'main/engines/registry.ts'],
    ['main/backup/run-backup.ts', 'main/tools/run.ts'],
    ['main/backup/run-backup.ts', 'main/restore/plan.ts'],
    ['main/engines/sqlite/engine.ts', 'main/engines/postgresql/args.ts'],
    ['main/engines/sqlite/engine.ts', 'main/engines/registry.ts'],
    ['main/destinations/s3/s3.ts', 'main/destinations/local/local.ts'],
    ['main/catalog/catalog.ts', 'main/backup/run-backup.ts'],
    ['main/tools/run.ts', 'main/jobs/context.ts'],
    ['main/hooks/run-hooks.ts', 'main/backup/run-backup.ts'],
    ['main/compare/run-compare.ts', 'main/hooks/run-hooks.ts'],
    ['main/app/index.ts', 'e2e/servers/postgres.ts'],
    ['main/app/index.ts', 'main/backup/plan.testing.ts'],
    ['main/app/index.ts', 'main/engines/conformance.ts'],
    ['main/stray.ts', 'main/app/index.ts'],
  ])('%s imports %s', (from, to) => {
    expect(path(from, to)).not.toBeNull()
  })

  it.each([
    ['renderer/main.tsx', 'node:fs'],
    ['renderer/main.tsx', 'electron'],
    ['preload/contract/ids.ts', 'node:crypto'],
    ['preload/contract/ids.ts', 'ulid'],
    ['main/backup/run-backup.ts', 'node:child_process'],
    ['main/cli/main.ts', 'child_process'],
    ['main/engines/postgresql/engine.ts', 'execa'],
    ['main/app/index.ts', 'electron'],
  ])('%s imports %s', (from, to) => {
    expect(name(from, to)).not.toBeNull()
  })

  it('names what the layer may import instead', () => {
    expect(path('main/backup/run-backup.ts', 'main/engines/sqlite/args.ts')).toBe(
      'main/backup/ may not import main/engines/sqlite/args.ts. It may import: main/backup/, main/hooks/, ' +
        'main/workbench/, main/engines/engine.ts, main/engines/archive-reader.ts, main/destinations/destination.ts, main/artifact/, ' +
        'main/jobs/, main/catalog/, main/secrets/, main/notify/, main/audit/, preload/contract/.',
    )
  })
})

it('has one entry for each path', () => {
  const paths = layers.map((layer) => layer.path)
  expect(new Set(paths).size).toBe(paths.length)
})
