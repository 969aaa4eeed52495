import type { Connection, DayStrip, Handlers, StatusReport } from '../../../preload/contract/index.ts'
import type { Core } from '../core.ts'
import { registries } from '../registries.ts'
import { attentionOf } from '../status/attention.ts'
import { daysOf, lastDays } from '../status/days.ts'
import { restoreSecondsOf } from '../status/restore-seconds.ts'
import { ageText } from '../status/words.ts'

type DatabaseStatus = StatusReport['databases'][number]

/** Am I safe now? The answer in a sentence, then per database, then what waits for a person. */
export function statusHandlers(core: Core): Pick<Handlers, 'status.get'> {
  return {
    'status.get': async () => {
      const now = new Date()
      const days = lastDays(now)
      const databases = core.catalog.connections.list().map((row) => statusOf(core, row, now, days))
      const totals = core.catalog.backups.totals()
      return {
        ...summarise(databases),
        databases,
        attention: await attentionOf(core, databases),
        backups: totals.backups,
        storedBytes: totals.storedBytes,
      }
    },
  }
}

function statusOf(core: Core, row: Connection, now: Date, days: readonly Date[]): DatabaseStatus {
  const { catalog } = core
  const engine = registries.engine(row.engine)
  const database = engine.defaultDatabase(engine.profileSchema.parse(row.profile))
  const good = catalog.backups.newestGood(row.id)
  const proven = catalog.backups.newestProven(row.id)
  const [newest] = catalog.backups.list({ connectionId: row.id, limit: 1 })
  const strip: DayStrip[] = daysOf(days, catalog.backupLists.since(row.id, days[0]?.toISOString() ?? ''))
  const base = {
    connection: row.name,
    connectionId: row.id,
    engine: row.engine,
    environment: row.environment,
    database,
    lastGoodAt: good?.startedAt ?? null,
    lastProvenAt: proven?.startedAt ?? null,
    lastGood: good?.id ?? null,
    lastProven: proven?.id ?? null,
    lastState: newest?.state ?? null,
    artifactBytes: good?.artifactBytes ?? null,
    restoreSeconds: restoreSecondsOf(catalog, row.id),
    days: strip,
    goalHours: row.goalHours,
  }
  if (good === null) return { ...base, state: 'not-yet', sentence: `${row.name}: no good backup yet.` }
  const hours = (now.getTime() - Date.parse(good.startedAt)) / 3_600_000
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
      : `the newest proven one is ${ageText((now.getTime() - Date.parse(proven.startedAt)) / 3_600_000)} old`
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
    const others = bad.length - 1
    const rest = others === 0 ? '' : ` ${String(others)} more ${others === 1 ? 'needs' : 'need'} attention.`
    return { sentence: `${first.sentence}${rest}`, level: 'critical' }
  }
  const oldest = databases.reduce((a, b) => ((a.lastGoodAt ?? '') < (b.lastGoodAt ?? '') ? a : b))
  const age = ageText((Date.now() - Date.parse(oldest.lastGoodAt ?? '')) / 3_600_000)
  const subject =
    databases.length === 1 ? 'The one database is protected' : `All ${String(databases.length)} databases are protected`
  const level = databases.some((each) => each.state === 'warning') ? 'warning' : 'ok'
  return { sentence: `${subject}. The oldest recovery point is ${age} old.`, level }
}
