import type { z } from 'zod'
import {
  BackupKind,
  BackupSort,
  BackupState,
  Badge,
  EngineId,
  Trigger,
  type MethodInput,
} from '../../../preload/contract/index.ts'

/** What the address of the list says. */
export interface ListSearch {
  readonly connection?: string | undefined
  readonly text?: string | undefined
  readonly badge?: string | undefined
  readonly state?: string | undefined
  readonly kind?: string | undefined
  readonly engine?: string | undefined
  readonly trigger?: string | undefined
  readonly pinned?: boolean | undefined
  readonly database?: string | undefined
  /** Name or id. */
  readonly destination?: string | undefined
  readonly format?: string | undefined
  readonly by?: string | undefined
  /** Days as `2026-11-21`, in this machine's time: the first, and the last that is shown. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** Older than so many days. */
  readonly days?: number | undefined
  readonly sort?: string | undefined
}

/** The filter as the application takes it. */
export type Filter = NonNullable<MethodInput<'backups.page'>['filter']>

/** Words that the address has and the product has not are left out. An age counts from `nowMs`. */
export function filterOf(search: ListSearch, nowMs: number): Filter {
  const before = [dayStart(search.to, 1), daysAgo(search.days, nowMs)].filter((time) => time !== null)
  return {
    connection: search.connection ?? null,
    database: search.database ?? null,
    destination: search.destination ?? null,
    formats: (search.format ?? '').split(',').filter((word) => word !== ''),
    createdBy: search.by === undefined ? null : search.by.slice(0, 200),
    after: dayStart(search.from, 0),
    before: before.toSorted()[0] ?? null,
    text: (search.text ?? '').slice(0, 200),
    engines: known(EngineId, search.engine),
    kinds: known(BackupKind, search.kind),
    states: known(BackupState, search.state),
    badges: known(Badge, search.badge),
    triggers: known(Trigger, search.trigger),
    pinnedOnly: search.pinned === true,
  }
}

/** Whether it leaves anything out. */
export function isNarrowed(filter: Filter): boolean {
  const { text, engines, kinds, states, badges, triggers, formats, pinnedOnly } = filter
  const { connection, database, destination, createdBy, after, before } = filter
  const lists = [engines, kinds, states, badges, triggers, formats]
  return (
    [connection, database, destination, createdBy, after, before].some((each) => typeof each === 'string') ||
    (text ?? '').trim() !== '' ||
    pinnedOnly === true ||
    lists.some((list) => list?.length)
  )
}

/** Whether a day can be read: `2026-11-21`. */
export function isDay(text: string): boolean {
  return dayStart(text, 0) !== null
}

/** When a day begins here, or the day so many later; null for what is no day. */
function dayStart(day: string | undefined, later: number): string | null {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day ?? '') ?? []
  if (year === undefined) return null
  const start = new Date(Number(year), Number(month) - 1, Number(date))
  if (start.getMonth() !== Number(month) - 1 || start.getDate() !== Number(date)) return null
  start.setDate(start.getDate() + later)
  return start.toISOString()
}

function daysAgo(days: number | undefined, nowMs: number): string | null {
  if (days === undefined) return null
  return new Date(nowMs - days * 86_400_000).toISOString()
}

const newestFirst: BackupSort = { by: 'startedAt', descending: true }

/** `artifactBytes` is ascending, `-artifactBytes` descending. Newest first where it is not said. */
export function sortOf(word: string | undefined): BackupSort {
  if (word === undefined) return newestFirst
  const by = BackupSort.shape.by.safeParse(word.replace(/^-/, ''))
  return by.success ? { by: by.data, descending: word.startsWith('-') } : newestFirst
}

/** The order after a column's header was pressed: the other way round, or by that column in its natural direction. */
export function sortedBy(sort: BackupSort, column: string): string | undefined {
  const by = BackupSort.shape.by.safeParse(column)
  if (!by.success) return sortWord(sort)
  return sortWord({ by: by.data, descending: sort.by === by.data ? !sort.descending : by.data !== 'connection' })
}

function sortWord({ by, descending }: BackupSort): string | undefined {
  if (by === newestFirst.by && descending === newestFirst.descending) return undefined
  return `${descending ? '-' : ''}${by}`
}

function known<T extends string>(words: z.ZodType<T>, said: string | undefined): T[] {
  return (said ?? '').split(',').flatMap((word) => {
    const parsed = words.safeParse(word)
    return parsed.success ? [parsed.data] : []
  })
}
