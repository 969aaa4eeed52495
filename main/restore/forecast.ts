import type { RestorePlan } from '../../preload/contract/index.ts'
import type { Workbench } from '../workbench/workbench.ts'

const remembered = 20

/**
 * How long a restore of so many bytes took on this connection, least and most of the last ones; null without any. Hooks,
 * safety backups and checks of copies are not part of it.
 */
export function restoreForecast(
  bench: Workbench,
  connectionId: string,
  plaintextBytes: number,
): RestorePlan['forecastSeconds'] {
  const secondsPerByte: number[] = []
  for (const record of bench.catalog.restores.list(remembered)) {
    if (record.connectionId !== connectionId || record.result === null) continue
    const bytes = bench.catalog.backups.find(record.backupId)?.plaintextBytes ?? 0
    const spentMs = record.result.phases
      .filter(({ name }) => name === 'decode' || name === 'create' || name === 'restore' || name === 'compare')
      .reduce((sum, { durationMs }) => sum + durationMs, 0)
    if (bytes > 0 && spentMs > 0) secondsPerByte.push(spentMs / 1_000 / bytes)
  }
  if (secondsPerByte.length === 0) return null
  const seconds = secondsPerByte.map((each) => Math.max(1, Math.round(each * plaintextBytes)))
  return { low: Math.min(...seconds), high: Math.max(...seconds) }
}
