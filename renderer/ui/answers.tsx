import type { ReactNode } from 'react'
import { Link } from 'react-aria-components'

/** One answer of a wizard on its last step. */
export interface Answer {
  readonly question: string
  readonly answer: ReactNode
  /** Where it is changed; absent where it can't be. */
  readonly changeHref?: string
  /** What stands there instead of `Change`. */
  readonly changeWord?: string
}

/** What was answered, each with a way to change it. */
export function Answers({ label, answers }: { readonly label: string; readonly answers: readonly Answer[] }) {
  return (
    <dl
      aria-label={label}
      className="m-0 grid grid-cols-[minmax(96px,170px)_1fr_auto] overflow-hidden rounded-lg border border-line bg-surface max-sm:grid-cols-[1fr_auto]"
    >
      {answers.map(({ question, answer, changeHref, changeWord = 'Change' }) => (
        <div
          key={question}
          className="col-span-full grid grid-cols-subgrid items-baseline gap-x-3 border-b border-line px-4 py-3 last:border-b-0"
        >
          <dt className="text-ink-3 max-sm:col-span-full">{question}</dt>
          <dd className="m-0 min-w-0 break-words">{answer}</dd>
          <dd className="m-0">
            {changeHref === undefined ? null : (
              <Link
                href={changeHref}
                className="focus-ring inline-block min-h-6 rounded-sm text-accent underline-offset-2 data-[hovered]:underline"
              >
                {changeWord}
                <span className="sr-only"> {question}</span>
              </Link>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}
