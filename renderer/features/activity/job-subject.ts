import type { Job } from '../../../preload/contract/index.ts'

/** Where the same can be asked for again; null where there is no such page. */
export function againHref({ kind, subject }: Pick<Job, 'kind' | 'subject'>): string | null {
  const backup = subject?.kind === 'backup' ? subject.id : null
  switch (kind) {
    case 'backup':
      return subject?.kind === 'connection' ? `/back-up?connection=${subject.id}` : '/back-up'
    case 'validate':
      return backup === null ? null : `/backups/${backup}/validate`
    case 'restore-plan':
    case 'restore':
      return backup === null ? '/restore' : `/restore?backup=${backup}`
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
