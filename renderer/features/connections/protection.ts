import type { StatusReport } from '../../../preload/contract/index.ts'
import { plural } from '../../lib/format.ts'

type DatabaseStatus = StatusReport['databases'][number]

const order: readonly DatabaseStatus['state'][] = ['overdue', 'not-yet', 'warning', 'protected']

/** The database of a connection that is protected worst: what is said of the whole connection. null: none is known. */
export function worstOf(status: StatusReport | undefined, connectionId: string): DatabaseStatus | null {
  const own = (status?.databases ?? []).filter((each) => each.connectionId === connectionId)
  return own.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))[0] ?? null
}

/** The first sentence of the list of connections. */
export function protectionSentence(status: StatusReport | undefined, connectionIds: readonly string[]): string {
  const total = plural(connectionIds.length, 'connection')
  if (status === undefined) return `${total}.`
  const fine = connectionIds.filter((id) => worstOf(status, id)?.state === 'protected').length
  if (fine === connectionIds.length)
    return connectionIds.length === 1 ? 'It is protected.' : `All ${total} are protected.`
  return `${String(fine)} of ${total} ${fine === 1 ? 'is' : 'are'} protected.`
}
