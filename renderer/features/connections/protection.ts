import type { StatusReport } from '../../../preload/contract/index.ts'
import { formatCount, plural } from '../../lib/format.ts'

type DatabaseStatus = StatusReport['databases'][number]

const order: readonly DatabaseStatus['state'][] = ['overdue', 'not-yet', 'warning', 'protected']

/** The database of a connection that is protected worst: what is said of the whole connection. null: none is known. */
export function worstOf(status: StatusReport | undefined, connectionId: string): DatabaseStatus | null {
  const own = (status?.databases ?? []).filter((each) => each.connectionId === connectionId)
  return own.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))[0] ?? null
}

/** The first sentence of the list of connections. */
export function protectionSentence(status: StatusReport | undefined, connectionIds: readonly string[]): string {
  const count = connectionIds.length
  if (status === undefined) return `${plural(count, 'connection')}.`
  const fine = connectionIds.filter((id) => worstOf(status, id)?.state === 'protected').length
  if (count === 1) return fine === 1 ? 'It is protected.' : 'It is not protected.'
  if (fine === count) return `All ${formatCount(count)} connections are protected.`
  return `${formatCount(fine)} of ${formatCount(count)} connections ${fine === 1 ? 'is' : 'are'} protected.`
}
