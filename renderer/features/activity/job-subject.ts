import type { Connection, Job } from '../../../preload/contract/index.ts'

/**
 * What a job works on, out of its title (`backup of shop`, `validation of 01K…`): the name of a connection or the id of a backup.
 * A job says it nowhere else. null where the title says something else.
 */
export function subjectOf({ kind, title }: Pick<Job, 'kind' | 'title'>): string | null {
  const start = { backup: 'backup of ', validate: 'validation of ', 'restore-plan': 'restore plan for ' } as Partial<
    Record<Job['kind'], string>
  >
  const prefix = start[kind]
  return prefix !== undefined && title.startsWith(prefix) ? title.slice(prefix.length) : null
}

/** Where the same can be asked for again; null where there is no such page. */
export function againHref(
  job: Pick<Job, 'kind' | 'title'>,
  connections: readonly Pick<Connection, 'id' | 'name'>[],
): string | null {
  const subject = subjectOf(job)
  switch (job.kind) {
    case 'backup': {
      const connection = connections.find(({ name }) => name === subject)
      return connection === undefined ? '/back-up' : `/back-up?connection=${connection.id}`
    }
    case 'validate':
      return subject === null ? null : `/backups/${subject}/validate`
    case 'restore-plan':
    case 'restore':
      return subject === null ? '/restore' : `/restore?backup=${subject}`
    case 'compare':
      return '/compare'
    case 'import':
      return '/inspect'
    case 'rescan':
      return '/destinations'
    case 'undo-plan':
    case 'undo':
    case 'finish':
    case 'rows':
      return null
  }
}
