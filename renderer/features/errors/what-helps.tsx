import { use } from 'react'
import type { ErrorCode } from '../../../preload/contract/index.ts'
import type { Trouble } from '../../../preload/contract/troubles/trouble.ts'

let page: Promise<Readonly<Record<ErrorCode, Trouble>> | null> | null = null

/** The entry of the troubleshooting page for a code. Fetched when somebody asks for it. */
export function WhatHelps({ code }: { readonly code: ErrorCode }) {
  page ??= load()
  const troubles = use(page)
  if (troubles === null) {
    return (
      <p className="m-0 text-sm text-ink-2">
        It can not be loaded now. {withCode(`On the command line: \`holdfast explain ${code}\`.`)}
      </p>
    )
  }
  const { symptom, checks, remedy } = troubles[code]
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

/** null where the application that serves it is gone; it is tried again after a reload. */
async function load(): Promise<Readonly<Record<ErrorCode, Trouble>> | null> {
  try {
    return (await import('../../../preload/contract/troubles/troubles.ts')).troubles
  } catch {
    // What is shown instead says so.
    return null
  }
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
