import { ArrowUp, File, Folder } from 'lucide-react'
import { useState } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import {
  toAppError,
  type AppError,
  type FolderListing,
  type PickedPath,
  type PickRequest,
} from '../../../preload/contract/index.ts'
import { call, useMethod } from '../../lib/api.ts'
import { cx } from '../../lib/class-names.ts'
import { formatBytes } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/fields.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { QueryState } from '../errors/query-state.tsx'

/** Looks through the folders that the application allows, where there is no dialog of the system. */
export function BrowseDialog({
  request,
  onPick,
  onClose,
}: {
  readonly request: PickRequest
  readonly onPick: (path: PickedPath) => void
  readonly onClose: () => void
}) {
  const [folder, setFolder] = useState<string | null>(null)
  const [file, setFile] = useState<PickedPath | null>(null)
  const [name, setName] = useState(request.suggestedName ?? '')
  const [error, setError] = useState<AppError | null>(null)
  const listing = useMethod(
    'paths.browse',
    { folder, show: request.purpose === 'folder' ? 'folders' : 'files' },
    { keepPrevious: true },
  )
  const here = listing.data?.folder ?? null
  const ready = {
    open: file === null ? 'Choose a file.' : null,
    folder: here === null ? 'Choose a folder.' : null,
    save: here === null || name.trim() === '' ? 'Type a name.' : null,
  }[request.purpose]
  const pick = async () => {
    if (request.purpose === 'open' && file !== null) onPick(file)
    if (request.purpose === 'folder' && here !== null) onPick(here)
    if (request.purpose === 'save' && here !== null) await within(here, name.trim(), false, onPick)
  }
  const within = async (parent: PickedPath, child: string, makeFolder: boolean, then: (path: PickedPath) => void) => {
    try {
      setError(null)
      then(await call('paths.within', { folder: parent.picked, name: child, makeFolder }))
    } catch (failure) {
      setError(toAppError(failure))
    }
  }
  const open = (path: PickedPath) => {
    setFile(null)
    setFolder(path.picked)
  }
  return (
    <Dialog
      title={request.title}
      isOpen
      isWide
      onClose={onClose}
      footer={
        <>
          <span className="flex-1 text-sm text-ink-3">{ready}</span>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" isDisabled={ready !== null} onPress={() => void pick()}>
            {request.purpose === 'folder' ? 'Use this folder' : request.purpose === 'save' ? 'Use this name' : 'Open'}
          </Button>
        </>
      }
    >
      <QueryState query={listing} what="the folder">
        {(data) => <Entries listing={data} chosen={file} onOpen={open} onChoose={setFile} />}
      </QueryState>
      {error === null ? null : <ErrorNotice error={error} />}
      {request.purpose === 'save' ? <TextField label="Name" value={name} onChange={setName} isCode /> : null}
      {request.purpose === 'folder' && here !== null ? (
        <NewFolder onMake={(child) => void within(here, child, true, open)} />
      ) : null}
    </Dialog>
  )
}

function Entries({
  listing,
  chosen,
  onOpen,
  onChoose,
}: {
  readonly listing: FolderListing
  readonly chosen: PickedPath | null
  readonly onOpen: (path: PickedPath) => void
  readonly onChoose: (path: PickedPath) => void
}) {
  const { folder, parent, roots, entries, isCut } = listing
  const row =
    'focus-ring flex w-full cursor-default items-center gap-2 rounded-sm px-2 py-1 text-left data-[hovered]:bg-surface-2'
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-1.5">
        {roots.map((root) => (
          <Button key={root.path} size="sm" onPress={() => onOpen(root)}>
            {root.label}
          </Button>
        ))}
      </div>
      <p className="m-0 flex items-center gap-2 font-mono text-sm break-all">
        {parent === null ? null : (
          <Button size="icon" variant="quiet" aria-label="Up one folder" onPress={() => onOpen(parent)}>
            <ArrowUp size={14} aria-hidden />
          </Button>
        )}
        {folder.path}
      </p>
      <ul aria-label="Contents" className="m-0 h-64 list-none overflow-auto rounded-md border border-line p-1">
        {entries.map((entry) => (
          <li key={entry.path}>
            <AriaButton
              className={cx(row, chosen?.path === entry.path && 'bg-accent-soft')}
              {...(entry.kind === 'file' ? { 'aria-pressed': chosen?.path === entry.path } : {})}
              onPress={() => (entry.kind === 'folder' ? onOpen(entry) : onChoose(entry))}
            >
              {entry.kind === 'folder' ? (
                <Folder size={15} aria-label="Folder" className="shrink-0 text-accent" />
              ) : (
                <File size={15} aria-label="File" className="shrink-0 text-ink-3" />
              )}
              <span className="min-w-0 flex-1 break-all">{entry.name}</span>
              <span className="text-sm text-ink-3">{entry.sizeBytes === null ? '' : formatBytes(entry.sizeBytes)}</span>
            </AriaButton>
          </li>
        ))}
        {entries.length === 0 ? <li className="px-2 py-1 text-ink-3">Nothing is in here.</li> : null}
        {isCut ? <li className="px-2 py-1 text-ink-3">There is more than can be listed. Look deeper.</li> : null}
      </ul>
    </div>
  )
}

function NewFolder({ onMake }: { readonly onMake: (name: string) => void }) {
  const [name, setName] = useState('')
  return (
    <div className="flex items-end gap-2">
      <TextField label="New folder here" value={name} onChange={setName} className="flex-1" />
      <Button
        isDisabled={name.trim() === ''}
        onPress={() => {
          onMake(name.trim())
          setName('')
        }}
      >
        Make it
      </Button>
    </div>
  )
}
