import { use } from 'react'
import type { ErrorCode } from '../../../preload/contract/index.ts'
import type { Trouble } from '../../../preload/contract/troubles/trouble.ts'

let page: Promise<Readonly<Record<ErrorCode, Trouble>>> | null = null

/** The entry of the troubleshooting page for a code. Fetched when somebody asks for it. */
export function WhatHelps({ code }: { readonly code: ErrorCode }) {
  page ??= import('../../../preload/contract/troubles/troubles.ts').then(({ troubles }) => troubles)
  const { symptom, checks, remedy } = use(page)[code]
  return (
    <div className="flex max-w-prose flex-col gap-1.5 text-sm wrap-anywhere text-ink-2">
      <p className="m-0">{symptom}</p>
      <p className="m-0">
        <strong className="font-medium text-ink">Look at</strong> {withCode(checks)}
      </p>
      <p className="m-0">
        <strong className="font-medium text-ink">Do</strong> {withCode(remedy)}
      </p>
    </div>
  )
}

/** What stands between backticks is a command or a name. */
function withCode(text: string) {
  return text.split('`').map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <code key={part} className="font-mono text-ink">
        {part}
      </code>
    ),
  )
}
