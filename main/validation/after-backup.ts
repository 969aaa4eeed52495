import type { BackupId } from '../../preload/contract/index.ts'
import type { JobContext } from '../engines/engine.ts'
import type { Workbench } from '../workbench/workbench.ts'
import { validate } from './validate.ts'

/**
 * What runs on every copy right after the backup: level 1, and level 2 where the first copy is local. Its result is stored;
 * a copy that fails is marked, and shows in the backup's copies.
 */
export async function checkCopies(bench: Workbench, backupId: BackupId, context: JobContext): Promise<void> {
  const backup = bench.catalog.backups.get(backupId)
  const hasLocalCopy = backup.copies.some((copy) => {
    const row = bench.catalog.destinations.find(copy.destinationId)
    return copy.state === 'stored' && row !== null && bench.destination(row.type).isLocal
  })
  const canDecode = !backup.encrypted || bench.secrets.identities.length > 0
  await validate(
    bench,
    {
      backupId,
      level: hasLocalCopy && canDecode ? 'decode' : 'checksum',
      scratch: { kind: 'own' },
      consent: null,
      jobs: 1,
    },
    context,
  )
}
