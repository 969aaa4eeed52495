import { formatAge, formatBytes, formatCount, plural } from '../../lib/format.ts'
import { useMethod } from '../../lib/api.ts'
import { useNow } from '../../lib/now.ts'
import { Say } from '../../ui/page.tsx'

const newest = { filter: {}, limit: 1 } as const

/** How many backups there are, of what, and how old the newest is; with a filter, how many it leaves. */
export function ListSentence({ matching }: { readonly matching: number | null }) {
  const status = useMethod('status.get', {})
  const all = useMethod('backups.page', newest)
  const now = useNow()
  const total = all.data?.total
  if (total === undefined) return <Say>&nbsp;</Say>
  if (matching !== null) {
    return (
      <Say>
        {formatCount(matching)} of {formatCount(total)} match.
      </Say>
    )
  }
  const [last] = all.data?.rows ?? []
  const databases = status.data?.databases.length ?? 0
  const stored = status.data?.storedBytes ?? 0
  const age = last === undefined ? null : formatAge(Math.max(0, now - Date.parse(last.startedAt)))
  return (
    <Say>
      {plural(total, 'backup')}
      {databases === 0 ? '' : ` of ${plural(databases, 'database')}`}
      {stored === 0 ? '' : `, ${formatBytes(stored)}`}.{age === null ? '' : ` The newest is ${age} old.`}
    </Say>
  )
}
