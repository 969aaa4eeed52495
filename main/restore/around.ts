import type { Check, HookResult } from '../../preload/contract/index.ts'
import type { Catalog, ConnectionRow, Leftover } from '../catalog/catalog.ts'
import type { JobContext } from '../engines/engine.ts'
import type { OpenConnection, Workbench } from '../workbench/workbench.ts'

/** What hooks are told about. */
export interface HookScope {
  readonly on: OpenConnection
  readonly event: 'backup' | 'restore'
  readonly database: string
  readonly jobId: string
  readonly backupId: string | null
}

export function runHooks(_bench: Workbench, _request: unknown, _context: JobContext): Promise<readonly HookResult[]> {
  return Promise.resolve([])
}

export function noteAfterAlways(
  _bench: Workbench,
  _scope: HookScope,
): (context: JobContext) => Promise<readonly HookResult[]> {
  return () => Promise.resolve([])
}

export function finishHooks(bench: Workbench, leftover: Leftover, _signal: AbortSignal): Promise<string | null> {
  bench.catalog.leftovers.remove(leftover.id)
  return Promise.resolve(null)
}

export function runRestoreChecks(
  _bench: Workbench,
  _request: unknown,
  _context: JobContext,
): Promise<readonly Check[]> {
  return Promise.resolve([])
}

export function connectionsForChecks(_catalog: Catalog, _row: ConnectionRow): readonly ConnectionRow[] {
  return []
}
