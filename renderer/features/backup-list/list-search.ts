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
  readonly sort?: string | undefined
}

/** The filter as the application takes it. */
export type Filter = NonNullable<MethodInput<'backups.page'>['filter']>

/** Words that the address has and the product has not are left out. */
export function filterOf(search: ListSearch): Filter {
  return {
    connection: search.connection ?? null,
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
  const { connection, text, engines, kinds, states, badges, triggers, pinnedOnly } = filter
  const lists = [engines, kinds, states, badges, triggers]
  return (
    typeof connection === 'string' ||
    (text ?? '').trim() !== '' ||
    pinnedOnly === true ||
    lists.some((list) => list?.length)
  )
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
