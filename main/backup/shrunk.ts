import type { Warning } from '../../preload/contract/index.ts'
import { scopeOf, type Run } from './record.ts'

/** A database that lost more than half of its bytes since the last backup is worth a look. A part of one says nothing about that. */
export function shrunk(run: Run, plaintextBytes: number): readonly Warning[] {
  if (scopeOf(run.work) === 'partial' || run.work.request.content !== 'full') return []
  const [last] = run.bench.catalog.backups.history(run.source.row.id, run.work.database, 1)
  if (last === undefined || plaintextBytes * 2 >= last.plaintextBytes) return []
  const message = `The dump is ${String(plaintextBytes)} bytes, the one before was ${String(last.plaintextBytes)}: it shrank by more than half.`
  return [{ code: 'SHRUNK', message }]
}
