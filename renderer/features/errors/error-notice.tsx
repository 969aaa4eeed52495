import { useState } from 'react'
import { Disclosure, DisclosurePanel, Button as AriaButton } from 'react-aria-components'
import type { AppErrorData } from '../../../preload/contract/index.ts'
import { Button } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Code } from '../../ui/code.tsx'

/** A failure: what happened, what to do, its code, and what the tool or server said, masked, to be copied. It stays on the page. */
export function ErrorNotice({
  error,
  onRetry,
  word = 'Failed',
}: {
  readonly error: Pick<AppErrorData, 'code' | 'message' | 'detail' | 'remedy'>
  readonly onRetry?: () => void
  readonly word?: string
}) {
  const [isOpen, setOpen] = useState(false)
  return (
    <Callout
      tone="bad"
      word={word}
      isAlert
      actions={
        onRetry === undefined ? undefined : (
          <Button size="sm" onPress={onRetry}>
            Try again
          </Button>
        )
      }
    >
      <p className="m-0">
        <strong className="font-semibold">{error.message}</strong> {error.remedy}
      </p>
      <Disclosure isExpanded={isOpen} onExpandedChange={setOpen}>
        <p className="mt-1 mb-0 text-sm text-ink-2">
          Code {error.code}
          {error.detail === null ? null : (
            <>
              {' · '}
              <AriaButton
                slot="trigger"
                className="focus-ring cursor-default rounded-sm text-accent underline underline-offset-2"
              >
                {isOpen ? 'Hide details' : 'Show details'}
              </AriaButton>
            </>
          )}
        </p>
        {error.detail === null ? null : (
          <DisclosurePanel className="pt-2">
            {isOpen ? <Code label="the details">{`${error.code}: ${error.message}\n${error.detail}`}</Code> : null}
          </DisclosurePanel>
        )}
      </Disclosure>
    </Callout>
  )
}
