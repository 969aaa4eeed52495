import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { shortcuts } from './use-shortcuts.ts'

const isMac = navigator.platform.startsWith('Mac')

/** All shortcuts on one sheet. */
export function ShortcutSheet({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  return (
    <Dialog
      title="Keyboard shortcuts"
      isOpen={isOpen}
      onClose={onClose}
      footer={<Button onPress={onClose}>Close</Button>}
    >
      <dl className="m-0 grid grid-cols-[1fr_auto] gap-x-6 gap-y-2">
        {shortcuts.map(({ keys, does }) => (
          <div key={keys} className="col-span-2 grid grid-cols-subgrid">
            <dt>{does}</dt>
            <dd className="m-0 font-mono text-sm text-ink-2">{shown(keys)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}

function shown(keys: string): string {
  return isMac
    ? keys.replace('Mod', '⌘').replace('Alt', '⌥').replace('Shift', '⇧').replaceAll('+', '')
    : keys.replace('Mod', 'Ctrl').replaceAll('+', ' + ')
}
