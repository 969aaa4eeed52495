import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { createSampleDatabase } from '../../main/engines/sqlite/sample-database.ts'
import { commandLine } from './command-line.ts'
import type { App } from './fixtures.ts'

/** Ids of what `fullScene` made. */
export interface FullScene {
  /** Proven by a restore test. */
  readonly proven: string
  /** Its only copy was taken away. */
  readonly missing: string
  /** A restore over the live database, which can be undone. */
  readonly restore: string
  readonly connection: string
}

/**
 * An installation in which something of everything is there: databases that are protected, without a backup, and gone; backups that
 * are proven, checked, imported and missing a copy; a restore that can be undone; jobs that succeeded and failed.
 */
export async function fullScene(app: Pick<App, 'folder' | 'home' | 'path'>): Promise<FullScene> {
  const holdfast = (...args: string[]) => commandLine(app, args)
  mkdirSync(app.path('data'), { recursive: true })
  for (const name of ['shop', 'billing', 'notes']) createSampleDatabase(app.path('data', `${name}.db`))
  mkdirSync(app.path('nas'))
  await holdfast('destination', 'add', '--name', 'NAS', '--type', 'local', '--path', app.path('nas'))
  const environments = { shop: 'production', billing: 'staging', notes: 'development' }
  for (const [name, environment] of Object.entries(environments)) {
    const file = app.path('data', `${name}.db`)
    await holdfast(
      'connection',
      'add',
      '--name',
      name,
      '--engine',
      'sqlite',
      '--path',
      file,
      '--environment',
      environment,
    )
  }
  const missing = idOf(await holdfast('backup', 'billing', '--description', 'before the import'))
  const proven = idOf(await holdfast('backup', 'shop', '--name', 'before 2026.11'))
  await holdfast(
    'validate',
    proven,
    '--level',
    'restore',
    '--scratch',
    'shop',
    '--consent',
    'the sample is nobody’s production',
  )
  await holdfast('restore', 'plan', proven, '--mode', 'swap', '-o', app.path('plan.json'))
  await holdfast('restore', 'apply', app.path('plan.json'), '--confirm', 'shop.db')
  await holdfast('backups', 'pin', proven)
  // The NAS lost one, and the server lost a database.
  rmSync(app.path('nas', 'billing'), { recursive: true })
  await commandLine(app, ['validate', missing, '--level', 'presence'], [0, 5])
  renameSync(app.path('data', 'notes.db'), app.path('data', 'notes-moved.db'))
  await commandLine(app, ['backup', 'notes'], [1, 10])
  const restores = (await holdfast('restore', 'list')) as readonly { readonly id: string }[]
  const connections = (await holdfast('connection', 'list')) as readonly {
    readonly id: string
    readonly name: string
  }[]
  return {
    proven,
    missing,
    restore: restores[0]?.id ?? '',
    connection: connections.find(({ name }) => name === 'shop')?.id ?? '',
  }
}

function idOf(document: unknown): string {
  return (document as { readonly id: string }).id
}
