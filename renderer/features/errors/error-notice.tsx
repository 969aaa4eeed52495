import { Suspense, useState, type ReactNode } from 'react'
import { Button as AriaButton } from 'react-aria-components'
import type { AppErrorData } from '../../../preload/contract/index.ts'
import { Button } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Code } from '../../ui/code.tsx'
import { WhatHelps } from './what-helps.tsx'

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
  const [open, setOpen] = useState<'help' | 'details' | null>(null)
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
      <p className="mt-1 mb-0 text-sm text-ink-2">
        Code {error.code}
        {' · '}
        <Opener isOpen={open === 'help'} onPress={() => setOpen(open === 'help' ? null : 'help')}>
          What helps
        </Opener>
        {error.detail === null ? null : (
          <>
            {' · '}
            <Opener isOpen={open === 'details'} onPress={() => setOpen(open === 'details' ? null : 'details')}>
              {open === 'details' ? 'Hide details' : 'Show details'}
            </Opener>
          </>
        )}
      </p>
      {open === 'help' ? (
        <div className="pt-2">
          <Suspense fallback={<span className="text-sm text-ink-3">Loading what helps</span>}>
            <WhatHelps code={error.code} />
          </Suspense>
        </div>
      ) : null}
      {open === 'details' && error.detail !== null ? (
        <div className="pt-2">
          <Code label="the details">{`${error.code}: ${error.message}\n${error.detail}`}</Code>
        </div>
      ) : null}
    </Callout>
  )
}

function Opener({
  isOpen,
  onPress,
  children,
}: {
  readonly isOpen: boolean
  readonly onPress: () => void
  readonly children: ReactNode
}) {
  return (
    <AriaButton
      aria-expanded={isOpen}
      onPress={onPress}
      className="focus-ring cursor-default rounded-sm text-accent underline underline-offset-2"
    >
      {children}
    </AriaButton>
  )
}
