import { useState } from 'react'
import { DisplayName, toAppError, type PickedPath } from '../../../preload/contract/index.ts'
import { useAction, useMethod } from '../../lib/api.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/fields.tsx'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { PathField } from '../paths/path-field.tsx'

/** Adds a folder as a place where backups are kept. It is tried before it is stored. */
export function AddDestination({ onClose }: { readonly onClose: () => void }) {
  const proposed = useMethod('paths.proposed', {})
  const add = useAction('destinations.add')
  const [folder, setFolder] = useState<PickedPath | null>(null)
  const [typed, setTyped] = useState<string | null>(null)
  const name = typed ?? (folder === null ? '' : nameOf(folder.path))
  const isNamed = DisplayName.safeParse(name).success
  const missing = folder === null ? 'Choose a folder.' : isNamed ? null : 'Type a name without a space at its ends.'
  return (
    <Dialog
      title="Add a destination"
      isOpen
      onClose={onClose}
      footer={
        <>
          <span className="flex-1 text-sm text-ink-3" aria-live="polite">
            {missing}
          </span>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant="primary"
            isDisabled={missing !== null}
            isPending={add.isPending}
            onPress={() => {
              if (folder !== null) add.mutate(draftOf(name, folder), { onSuccess: onClose })
            }}
          >
            Add {isNamed ? name : 'it'}
          </Button>
        </>
      }
    >
      <p className="m-0 text-ink-2">
        A folder where backups are kept: on another disk than the database, an external drive, or a share that is
        mounted. It is tried by writing, reading and deleting a small file.
      </p>
      <PathField
        label="Folder"
        request={{ purpose: 'folder', title: 'Choose a folder for backups', suggestedName: null }}
        value={folder}
        onChange={setFolder}
      />
      {folder === null && proposed.data !== undefined ? (
        <div>
          <Button size="sm" onPress={() => setFolder(proposed.data)}>
            Use {proposed.data.path}
          </Button>
        </div>
      ) : null}
      <TextField label="Name" value={name} onChange={setTyped} description="How it is called from now on." />
      {add.error === null ? null : <ErrorNotice error={toAppError(add.error)} word="Not added" />}
      {folder === null || !isNamed ? null : (
        <CliEquivalent command={cliCommand(['destination', 'add'], { name, type: 'local', path: folder.path })} />
      )}
    </Dialog>
  )
}

/** Adds the proposed folder with one press. */
export function UseProposedFolder({ variant = 'primary' }: { readonly variant?: 'primary' | 'default' }) {
  const proposed = useMethod('paths.proposed', {})
  const add = useAction('destinations.add')
  if (proposed.data === undefined) return null
  const folder = proposed.data
  return (
    <>
      <Button
        variant={variant}
        isPending={add.isPending}
        onPress={() => add.mutate(draftOf(nameOf(folder.path), folder))}
      >
        <span className="max-w-[60vw] truncate">Use {folder.path}</span>
      </Button>
      {add.error === null ? null : <ErrorNotice error={toAppError(add.error)} word="Not added" />}
    </>
  )
}

function draftOf(name: string, folder: PickedPath) {
  return {
    name,
    type: 'local' as const,
    settings: { path: { picked: folder.picked } },
    secret: { from: 'none' as const },
  }
}

function nameOf(path: string): string {
  return (path.split(/[\\/]/).findLast((part) => part !== '') ?? path).trim()
}
