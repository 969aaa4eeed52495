import type { Attention } from '../../../preload/contract/index.ts'

type AttentionAction = Attention['actions'][number]

/** The button that mends it: its word and where it leads. */
export function attentionLink(action: AttentionAction): { readonly label: string; readonly href: string } {
  switch (action.kind) {
    case 'back-up':
      return { label: 'Back up now', href: `/back-up?connection=${action.connection}` }
    case 'show-job':
      return { label: 'Show the run', href: `/activity/${action.job}` }
    case 'show-backup':
      return { label: 'Show the backup', href: `/backups/${action.backup}` }
    case 'restore-test':
      return { label: 'Test the restore', href: `/backups/${action.backup}/validate?level=restore` }
    case 'show-restore':
      return { label: 'Show the restore', href: `/restores/${action.restore}` }
    case 'save-key':
      return { label: 'Save the key', href: '/settings?section=keys' }
  }
}
