import { z } from 'zod'
import type { Catalog, JobRecord } from '../catalog/catalog.ts'

const backupInput = z.object({ backupId: z.string() })

/**
 * One sentence of cause and one of what counts, for a job whose program was killed. A backup may have been complete before
 * that; one that is complete at its destination, but not in the catalog yet, is adopted by the next clean-up, which says so.
 */
export function interruptedText(catalog: Catalog, { job, input }: Pick<JobRecord, 'job' | 'input'>): string {
  const what = `${job.title} did not finish: the program that ran it was interrupted.`
  return `${what} ${consequence(catalog, job.kind, input)} (job ${job.id})`
}

function consequence(catalog: Catalog, kind: JobRecord['job']['kind'], input: unknown): string {
  if (kind === 'backup') {
    const { data } = backupInput.safeParse(input)
    const backup = data === undefined ? null : catalog.backups.find(data.backupId)
    if (backup?.state === 'complete') return `The backup ${backup.id} was complete by then and counts.`
    return 'Its backup does not count, unless it is found complete at its destination by the next job or `holdfast doctor`.'
  }
  if (kind === 'restore') {
    return 'The new database is there completely or not at all; the next job or `holdfast doctor` removes what was begun.'
  }
  return 'Nothing of it counts.'
}
