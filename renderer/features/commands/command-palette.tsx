import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import {
  Autocomplete,
  Dialog,
  Header,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  Modal,
  ModalOverlay,
  TextField,
  useFilter,
} from 'react-aria-components'
import { useMethod } from '../../lib/api.ts'

interface Command {
  readonly id: string
  readonly label: string
  readonly href: string
}

const pages: readonly Command[] = [
  { id: 'overview', label: 'Overview', href: '/' },
  { id: 'backups', label: 'Backups', href: '/backups' },
  { id: 'timeline', label: 'Timeline of backups', href: '/backups?view=timeline' },
  { id: 'compare', label: 'Compare', href: '/compare' },
  { id: 'connections', label: 'Connections', href: '/connections' },
  { id: 'destinations', label: 'Destinations', href: '/destinations' },
  { id: 'activity', label: 'Activity', href: '/activity' },
  { id: 'settings', label: 'Settings', href: '/settings' },
]
const actions: readonly Command[] = [
  { id: 'back-up', label: 'Back up…', href: '/back-up' },
  { id: 'restore', label: 'Restore…', href: '/restore' },
  { id: 'inspect', label: 'Inspect or import a dump file…', href: '/inspect' },
  { id: 'add-connection', label: 'Add a connection…', href: '/connections/new' },
  { id: 'add-destination', label: 'Add a destination…', href: '/destinations?add=true' },
  { id: 'key', label: 'Recovery kit and keys', href: '/settings?section=keys' },
]

/** Finds pages, databases and things to do. It only opens pages: nothing is done from here. */
export function CommandPalette({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const { contains } = useFilter({ sensitivity: 'base' })
  const connections = useMethod('connections.list', {}, { enabled: isOpen })
  const databases = (connections.data ?? []).flatMap(({ id, name }): readonly Command[] => [
    { id: `back-up ${id}`, label: `Back up ${name}`, href: `/back-up?connection=${id}` },
    { id: `restore ${id}`, label: `Restore ${name}`, href: `/restore?connection=${id}` },
    { id: `connection ${id}`, label: `Connection ${name}`, href: `/connections/${id}` },
  ])
  const groups = [
    { title: 'Do', commands: actions },
    { title: 'Databases', commands: databases },
    { title: 'Go to', commands: pages },
  ].filter(({ commands }) => commands.some(({ label }) => contains(label, text)))
  const close = () => {
    setText('')
    onClose()
  }
  return (
    <ModalOverlay
      isOpen={isOpen}
      isDismissable
      onOpenChange={(open) => {
        if (!open) close()
      }}
      className="fixed inset-0 z-50 flex items-start justify-center bg-(--shade) p-4 pt-[12dvh]"
    >
      <Modal className="w-full max-w-xl">
        <Dialog
          aria-label="Find or run"
          className="overflow-hidden rounded-lg border border-line-strong bg-surface outline-hidden"
        >
          <Autocomplete filter={contains} inputValue={text} onInputChange={setText}>
            <TextField aria-label="Find a page, a database or a command" autoFocus>
              <Input
                // React Aria adds aria-controls.
                // eslint-disable-next-line jsx-a11y/role-has-required-aria-props
                role="combobox"
                aria-expanded
                aria-haspopup="listbox"
                placeholder="Find a page, a database or a command"
                className="h-11 w-full border-b border-line bg-transparent px-4 text-lg text-ink outline-hidden placeholder:text-ink-3"
              />
            </TextField>
            {groups.length === 0 ? (
              <p role="status" className="m-0 px-4 py-6 text-ink-3">
                Nothing is called that.
              </p>
            ) : null}
            <Menu aria-label="Results" className="max-h-[50dvh] overflow-auto p-1.5 outline-hidden">
              {groups.map(({ title, commands }) => (
                <MenuSection key={title} id={title}>
                  <Header className="px-2.5 pt-2 pb-1 text-xs text-ink-3">{title}</Header>
                  {commands.map(({ id, label, href }) => (
                    <MenuItem
                      key={id}
                      id={id}
                      textValue={label}
                      onAction={() => {
                        close()
                        void navigate({ href })
                      }}
                      className="cursor-default rounded-sm px-2.5 py-1.5 outline-hidden data-[focused]:bg-accent-soft forced-colors:forced-color-adjust-none forced-colors:data-[focused]:bg-[Highlight] forced-colors:data-[focused]:text-[HighlightText]"
                    >
                      {label}
                    </MenuItem>
                  ))}
                </MenuSection>
              ))}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
