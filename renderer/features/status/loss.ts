import type { StatusReport } from '../../../preload/contract/index.ts'
import { formatMoment, formatRange } from '../../lib/format.ts'

type DatabaseStatus = StatusReport['databases'][number]

/** What would be lost now, and how long the way back takes, for the database that is worst off; null without databases. */
export function lossNow(databases: readonly DatabaseStatus[], nowMs: number): string | null {
  const worst = worstOf(databases, nowMs)
  if (worst === null) return null
  const { connection, lastGoodAt, restoreSeconds } = worst
  if (lastGoodAt === null) {
    return `If ${connection} were lost now, all of it would be gone: there is no good backup of it.`
  }
  const loss = `If ${connection} were lost now, everything written after ${formatMoment(lastGoodAt, nowMs)} would be gone.`
  if (restoreSeconds === null) {
    return `${loss} How long restoring it takes is not known: a restore test measures it.`
  }
  return `${loss} Restoring it takes ${formatRange(restoreSeconds)}, measured.`
}

/** How old the newest good backup is, as a share of its goal; without a backup more than any age. */
export function shareOfGoal({ lastGoodAt, goalHours }: DatabaseStatus, nowMs: number): number {
  return lastGoodAt === null ? Number.POSITIVE_INFINITY : (nowMs - Date.parse(lastGoodAt)) / 3_600_000 / goalHours
}

function worstOf(databases: readonly DatabaseStatus[], nowMs: number): DatabaseStatus | null {
  let worst: DatabaseStatus | null = null
  for (const each of databases) {
    if (worst === null || isWorse(each, worst, nowMs)) worst = each
  }
  return worst
}

function isWorse(a: DatabaseStatus, b: DatabaseStatus, nowMs: number): boolean {
  const ofA = shareOfGoal(a, nowMs)
  const ofB = shareOfGoal(b, nowMs)
  if (ofA !== ofB) return ofA > ofB
  return a.environment === 'production' && b.environment !== 'production'
}
