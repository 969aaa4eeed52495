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
  if (kind === 'restore' || kind === 'undo') {
    return 'Its target is whole: as it was, or as restored; `holdfast restore list` says which. What was begun beside it is removed by the next job or `holdfast doctor`.'
  }
  if (kind === 'finish') return '`holdfast restore list` says whether the old database is still kept.'
  return 'Nothing of it counts.'
}
