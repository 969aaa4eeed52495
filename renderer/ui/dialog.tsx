import type { ReactNode } from 'react'
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { cx } from '../lib/class-names.ts'

/** A dialog over the page. Escape closes it; `alertdialog` ones are not closed by a click beside them. */
export function Dialog({
  title,
  isOpen,
  onClose,
  children,
  footer,
  role = 'dialog',
  isWide = false,
}: {
  readonly title: string
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly children: ReactNode
  readonly footer?: ReactNode
  readonly role?: 'dialog' | 'alertdialog'
  readonly isWide?: boolean
}) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose()
      }}
      isDismissable={role === 'dialog'}
      className="fixed inset-0 z-50 grid place-items-center overflow-auto bg-(--shade) p-4"
    >
      <Modal className={cx('w-full', isWide ? 'max-w-3xl' : 'max-w-lg')}>
        <AriaDialog
          role={role}
          className="flex max-h-[calc(100dvh-32px)] flex-col rounded-lg border border-line-strong bg-surface outline-hidden"
        >
          <Heading slot="title" className="m-0 px-5 pt-4 text-lg">
            {title}
          </Heading>
          <div className="flex min-h-0 flex-1 flex-col gap-3 overflow-auto px-5 py-3">{children}</div>
          {footer === undefined ? null : (
            <div className="flex flex-wrap items-center justify-end gap-2 border-t border-line px-5 py-3">{footer}</div>
          )}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
