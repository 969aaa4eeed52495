import { MoreHorizontal } from 'lucide-react'
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from 'react-aria-components'
import { cx } from '../lib/class-names.ts'
import { Button } from './button.tsx'

/** One thing that a menu does. */
export interface MenuAction {
  readonly id: string
  readonly label: string
  readonly onAction: () => void
  readonly isDangerous?: boolean
}

/** What else can be done with a row, behind three dots. */
export function RowMenu({ label, actions }: { readonly label: string; readonly actions: readonly MenuAction[] }) {
  return (
    <MenuTrigger>
      <Button variant="quiet" size="icon" aria-label={label}>
        <MoreHorizontal size={16} aria-hidden />
      </Button>
      <Popover className="min-w-44 rounded-md border border-line-strong bg-surface p-1 shadow-lg">
        <ActionMenu label={label} actions={actions} />
      </Popover>
    </MenuTrigger>
  )
}

/** The menu itself, for a popover that stands somewhere else. `onClose` is called when something was chosen. */
export function ActionMenu({
  label,
  actions,
  onClose,
}: {
  readonly label: string
  readonly actions: readonly MenuAction[]
  readonly onClose?: () => void
}) {
  return (
    <AriaMenu
      className="outline-hidden"
      aria-label={label}
      {...(onClose === undefined ? {} : { onClose, autoFocus: 'first' as const })}
    >
      {actions.map((action) => (
        <MenuItem
          key={action.id}
          id={action.id}
          onAction={action.onAction}
          className={cx(
            'cursor-default rounded-sm px-2.5 py-1.5 outline-hidden data-[focused]:bg-accent-soft forced-colors:forced-color-adjust-none forced-colors:data-[focused]:bg-[Highlight] forced-colors:data-[focused]:text-[HighlightText]',
            action.isDangerous === true && 'text-bad',
          )}
        >
          {action.label}
        </MenuItem>
      ))}
    </AriaMenu>
  )
}
