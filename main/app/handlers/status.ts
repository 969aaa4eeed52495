import type { Connection, Handlers, StatusReport } from '../../../preload/contract/index.ts'
import type { Core } from '../core.ts'
import { registries } from '../registries.ts'

type DatabaseStatus = StatusReport['databases'][number]

/** Am I safe now? The answer in a sentence, then per database. */
export function statusHandlers(core: Core): Pick<Handlers, 'status.get'> {
  return {
    'status.get': () => {
      const now = Date.now()
      const databases = core.catalog.connections.list().map((row) => statusOf(core, row, now))
      const totals = core.catalog.backups.totals()
      return Promise.resolve({
        ...summarise(databases),
        databases,
        backups: totals.backups,
        storedBytes: totals.storedBytes,
      })
    },
  }
}

function statusOf({ catalog }: Core, row: Connection, nowMs: number): DatabaseStatus {
  const engine = registries.engine(row.engine)
  const database = engine.defaultDatabase(engine.profileSchema.parse(row.profile))
  const good = catalog.backups.newestGood(row.id)
  const proven = catalog.backups.newestProven(row.id)
  const base = {
    connection: row.name,
    database,
    lastGoodAt: good?.startedAt ?? null,
    lastProvenAt: proven?.startedAt ?? null,
    goalHours: row.goalHours,
  }
  if (good === null) return { ...base, state: 'not-yet', sentence: `${row.name}: no good backup yet.` }
  const hours = (nowMs - Date.parse(good.startedAt)) / 3_600_000
  const age = ageText(hours)
  if (hours > row.goalHours) {
    return {
      ...base,
      state: 'overdue',
      sentence: `${row.name}: ${age} since the last good backup, the goal is ${String(row.goalHours)} h.`,
    }
  }
  const hasWarning = good.warnings.length > 0 || good.copies.some((copy) => copy.state !== 'stored')
  const proof =
    proven === null
      ? 'none was proven by a restore yet'
      : `the newest proven one is ${ageText((nowMs - Date.parse(proven.startedAt)) / 3_600_000)} old`
  return {
    ...base,
    state: hasWarning ? 'warning' : 'protected',
    sentence: `${row.name}: the last good backup is ${age} old; ${proof}.`,
  }
}

function summarise(databases: readonly DatabaseStatus[]): Pick<StatusReport, 'sentence' | 'level'> {
  if (databases.length === 0) return { sentence: 'No database is registered yet.', level: 'warning' }
  const bad = databases.filter((each) => each.state === 'overdue' || each.state === 'not-yet')
  const [first] = bad
  if (first !== undefined) {
    const rest = bad.length === 1 ? '' : ` ${String(bad.length - 1)} more need attention.`
    return { sentence: `${first.sentence}${rest}`, level: 'critical' }
  }
  const oldest = databases.reduce((a, b) => ((a.lastGoodAt ?? '') < (b.lastGoodAt ?? '') ? a : b))
  const age = ageText((Date.now() - Date.parse(oldest.lastGoodAt ?? '')) / 3_600_000)
  const subject =
    databases.length === 1 ? 'The one database is protected' : `All ${String(databases.length)} databases are protected`
  const level = databases.some((each) => each.state === 'warning') ? 'warning' : 'ok'
  return { sentence: `${subject}. The oldest recovery point is ${age} old.`, level }
}

function ageText(hours: number): string {
  if (hours < 1) return `${String(Math.max(0, Math.round(hours * 60)))} min`
  return hours < 48 ? `${String(Math.floor(hours))} h` : `${String(Math.floor(hours / 24))} days`
}
