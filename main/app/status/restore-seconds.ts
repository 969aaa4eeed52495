import type { Catalog } from '../../catalog/catalog.ts'

const remembered = 20

/** What the last restores and restore tests of a connection's backups took, least and most; null where there was none. */
export function restoreSecondsOf(
  catalog: Pick<Catalog, 'restores' | 'validations'>,
  connectionId: string,
): { readonly low: number; readonly high: number } | null {
  const seconds = [
    ...catalog.restores.phasesOf(connectionId, remembered),
    ...catalog.validations.restoreTestsOf(connectionId, remembered).map(({ phases }) => phases),
  ]
    .map((phases) => phases.reduce((sum, { durationMs }) => sum + durationMs, 0))
    .filter((durationMs) => durationMs > 0)
    .map((durationMs) => Math.max(1, Math.round(durationMs / 1_000)))
  return seconds.length === 0 ? null : { low: Math.min(...seconds), high: Math.max(...seconds) }
}
