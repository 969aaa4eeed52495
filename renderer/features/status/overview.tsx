import type { Connection, Destination, KeyStatus, StatusReport } from '../../../preload/contract/index.ts'
import { formatBytes, plural } from '../../lib/format.ts'
import { hasEnded, useJobs } from '../../lib/jobs.ts'
import { useNow } from '../../lib/now.ts'
import { Say } from '../../ui/page.tsx'
import { UnderWay } from '../activity/under-way.tsx'
import { AttentionList } from './attention-list.tsx'
import { DatabaseTable } from './database-table.tsx'
import { lossNow } from './loss.ts'
import { SetUpList } from './set-up-list.tsx'
import { setUpOf } from './set-up-steps.ts'

/** Am I safe now? First the sentence, then what needs a person, then every database. */
export function Overview(facts: {
  readonly status: StatusReport
  readonly connections: readonly Connection[]
  readonly destinations: readonly Destination[]
  readonly keys: KeyStatus
}) {
  const { status } = facts
  const now = useNow()
  const underWay = useJobs().filter((job) => !hasEnded(job))
  const setUp = setUpOf({ ...facts, key: facts.keys })
  const isFresh = !setUp.isDone.backup
  const list = setUp.next === null ? null : <SetUpList setUp={setUp} />
  // What the set-up list says, with more help, is not said twice.
  const attention = status.attention.filter(
    ({ severity, actions }) =>
      !(isFresh && severity !== 'bad') && !(list !== null && actions.every(({ kind }) => kind === 'save-key')),
  )
  return (
    <>
      <Say small={lossNow(status.databases, now) ?? 'Five steps lead to a backup that is proven to restore.'}>
        {status.sentence}
      </Say>
      <AttentionList items={attention} />
      {isFresh ? list : null}
      {status.databases.length === 0 ? null : <DatabaseTable databases={status.databases} running={underWay} />}
      <UnderWay title="Under way" jobs={underWay} />
      {isFresh ? null : list}
      {status.backups === 0 ? null : (
        <p className="m-0 text-sm text-ink-3">
          {plural(status.backups, 'backup')}, {formatBytes(status.storedBytes)} stored.
        </p>
      )}
    </>
  )
}
