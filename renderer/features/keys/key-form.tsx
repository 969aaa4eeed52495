import type { ReactNode } from 'react'
import { toAppError } from '../../../preload/contract/index.ts'
import { Button, LinkButton } from '../../ui/button.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'

/** A form of the key's pages: fields, what they wait for, and the one thing that it does. Enter sends it. */
export function KeyForm({
  label,
  missing,
  isPending,
  error,
  onSend,
  children,
}: {
  /** Names the form and its button. */
  readonly label: string
  /** What it waits for; null when it can be sent. */
  readonly missing: string | null
  readonly isPending: boolean
  readonly error: Error | null
  readonly onSend: () => void
  readonly children: ReactNode
}) {
  return (
    <form
      aria-label={label}
      className="flex max-w-xl flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (missing === null && !isPending) onSend()
      }}
    >
      {children}
      {error === null ? null : <ErrorNotice error={toAppError(error)} />}
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" variant="primary" isDisabled={missing !== null} isPending={isPending}>
          {label}
        </Button>
        <LinkButton href="/settings?section=keys">Cancel</LinkButton>
        <span className="text-sm text-ink-3" aria-live="polite">
          {isPending ? 'This takes some seconds: a passphrase is made slow to guess on purpose.' : missing}
        </span>
      </div>
    </form>
  )
}
