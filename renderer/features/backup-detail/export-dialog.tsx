import { useState } from 'react'
import { toAppError, type BackupSummary, type PickedPath } from '../../../preload/contract/index.ts'
import { useAction } from '../../lib/api.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { formatBytes } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Code } from '../../ui/code.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { PathField } from '../paths/path-field.tsx'

const request = { purpose: 'folder', title: 'Folder for the exported backup', suggestedName: null } as const

/** Copies artifact and manifest as they are into a folder. Nothing there is overwritten. */
export function ExportDialog({ backup, onClose }: { readonly backup: BackupSummary; readonly onClose: () => void }) {
  const act = useAction('backups.export')
  const [folder, setFolder] = useState<PickedPath | null>(null)
  const { id, connection, artifactBytes } = backup
  return (
    <Dialog
      title={`Export the backup of ${connection}`}
      isOpen
      isWide
      onClose={onClose}
      footer={
        act.data === undefined ? (
          <>
            <span className="flex-1 text-sm text-ink-3">{folder === null ? 'Choose a folder.' : null}</span>
            <Button onPress={onClose}>Cancel</Button>
            <Button
              variant="primary"
              isDisabled={folder === null}
              isPending={act.isPending}
              onPress={() => {
                if (folder !== null) act.mutate({ backup: id, directory: { picked: folder.picked } })
              }}
            >
              Export
            </Button>
          </>
        ) : (
          <Button onPress={onClose}>Close</Button>
        )
      }
    >
      {act.data === undefined ? (
        <>
          <p className="m-0">
            The artifact{artifactBytes === null ? '' : ` (${formatBytes(artifactBytes)})`} and its manifest are copied
            as they are, and checked on the way.{' '}
            {backup.encrypted
              ? 'It stays encrypted: whoever opens it needs the key.'
              : 'It is not encrypted: whoever has the file can read it.'}
          </p>
          <PathField label="Folder" request={request} value={folder} onChange={setFolder} />
          {act.isPending ? <p role="status">Copying…</p> : null}
          {act.error === null ? null : <ErrorNotice error={toAppError(act.error)} />}
          <CliEquivalent command={cliCommand(['backups', 'export', id, folder?.path ?? '<folder>'])} />
        </>
      ) : (
        <Callout tone="ok" word="Exported">
          <ul className="m-0 list-none p-0">
            {act.data.files.map((file) => (
              <li key={file} className="py-0.5">
                <Code label="the path">{file}</Code>
              </li>
            ))}
          </ul>
        </Callout>
      )}
    </Dialog>
  )
}
