import type { EngineId } from '../../preload/contract/index.ts'
import type { Engine } from './engine.ts'
import { postgresqlEngine } from './postgresql/postgresql-engine.ts'
import { sqliteEngine } from './sqlite/sqlite-engine.ts'

/** Every engine. A new one is one folder and one line here. */
const byId: Readonly<Partial<Record<EngineId, Engine<unknown>>>> = {
  sqlite: sqliteEngine,
  postgresql: postgresqlEngine,
}

/** The engine of that id; null where this version has none. */
export function findEngine(id: EngineId): Engine<unknown> | null {
  return byId[id] ?? null
}

/** All engines, in the order in which they are offered. */
export const engines: readonly Engine<unknown>[] = Object.values(byId)
