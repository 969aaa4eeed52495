import { useNavigate } from '@tanstack/react-router'
import { useCallback, useState } from 'react'
import { toAppError, type BackupSummary } from '../../../preload/contract/index.ts'
import { useAction } from '../../lib/api.ts'
import type { MenuAction } from '../../ui/menu.tsx'
import { DeleteDialog } from '../backup-detail/delete-dialog.tsx'
import { ExportDialog } from '../backup-detail/export-dialog.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'

/** What can be done with a backup from a list, and the dialogs for it. */
export function useBackupDialogs() {
  const navigate = useNavigate()
  const pin = useAction('backups.pin')
  const [open, setOpen] = useState<{ readonly what: 'delete' | 'export'; readonly backup: BackupSummary } | null>(null)
  const close = () => setOpen(null)
  const { mutate } = pin
  const menuOf = useCallback(
    (backup: BackupSummary): readonly MenuAction[] => {
      const { id, state, pinned } = backup
      const go = (href: string) => () => void navigate({ href })
      const show: MenuAction = { id: 'open', label: 'Open', onAction: go(`/backups/${id}`) }
      const remove: MenuAction = {
        id: 'delete',
        label: 'Delete…',
        isDangerous: true,
        onAction: () => setOpen({ what: 'delete', backup }),
      }
      if (state === 'failed') return [show, remove]
      return [
        show,
        { id: 'restore', label: 'Restore…', onAction: go(`/restore?backup=${id}`) },
        { id: 'validate', label: 'Validate…', onAction: go(`/backups/${id}/validate`) },
        { id: 'compare', label: 'Compare…', onAction: go(`/compare?backup=${id}`) },
        { id: 'export', label: 'Export…', onAction: () => setOpen({ what: 'export', backup }) },
        {
          id: 'pin',
          label: pinned ? 'Unpin' : 'Pin',
          onAction: () => mutate({ backup: id, pinned: !pinned }),
        },
        remove,
      ]
    },
    [navigate, mutate],
  )
  return {
    menuOf,
    dialogs: (
      <>
        {pin.error === null ? null : <ErrorNotice error={toAppError(pin.error)} />}
        {open?.what === 'delete' ? <DeleteDialog backup={open.backup} onClose={close} onDeleted={close} /> : null}
        {open?.what === 'export' ? <ExportDialog backup={open.backup} onClose={close} /> : null}
      </>
    ),
  }
}
