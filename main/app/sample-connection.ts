import { randomUUID } from 'node:crypto'
import { link, lstat, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ulid } from 'ulid'
import { ConnectionId, type Connection } from '../../preload/contract/index.ts'
import { makeFolder } from './browse.ts'
import type { Core } from './core.ts'
import { codeOf, folderProblem } from './folder-errors.ts'

/**
 * The sample database in `<home>/Holdfast sample/shop.db`, and a connection to it. A file that is there is never written; a connection
 * to it that is there is answered.
 */
export async function createSampleConnection(core: Core): Promise<{ id: ConnectionId; name: string }> {
  const folder = join(core.userHome, 'Holdfast sample')
  const path = join(folder, 'shop.db')
  await makeFolder(folder)
  await makeFile(folder, path)
  return register(core, path)
}

/** One transaction: of two who ask at once, one adds it and both are answered the same. */
function register({ catalog, audit }: Core, path: string): { id: ConnectionId; name: string } {
  return catalog.transaction(() => {
    const all = catalog.connections.list()
    const there = all.find(({ engine, profile }) => engine === 'sqlite' && profile['path'] === path)
    if (there !== undefined) return { id: there.id, name: there.name }
    const connection: Connection = {
      id: ConnectionId.parse(ulid()),
      name: freeName(new Set(all.map(({ name }) => name))),
      engine: 'sqlite',
      environment: 'development',
      profile: { path },
      secret: { from: 'none' },
      goalHours: 24,
      hooks: [],
      checks: [],
      createdAt: new Date().toISOString(),
    }
    catalog.connections.add(connection)
    audit.write({
      action: 'connection.added',
      subject: connection.name,
      outcome: 'done',
      detail: { engine: connection.engine, environment: connection.environment, sample: true },
    })
    return { id: connection.id, name: connection.name }
  })
}

function freeName(taken: ReadonlySet<string>): string {
  let name = 'sample'
  for (let number = 2; taken.has(name); number += 1) name = `sample ${number}`
  return name
}

/** Whole or not at all: it is made under another name and linked to its own, which fails where that is taken. */
async function makeFile(folder: string, path: string): Promise<void> {
  if (await isTaken(path)) return
  const { createSample } = await import('./sample.ts')
  const partial = join(folder, `.shop.${randomUUID()}.partial`)
  try {
    createSample(partial)
    await link(partial, path)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw folderProblem(folder, error)
  } finally {
    await rm(partial, { force: true })
  }
}

async function isTaken(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw folderProblem(path, error)
  }
}
