import type { ReactNode } from 'react'
import { Link } from 'react-aria-components'

/** One answer to be checked, with the way to change it. */
export interface Answer {
  readonly name: string
  readonly value: ReactNode
  readonly link?: { readonly href: string; readonly word: string }
}

/** The answers before something starts. */
export function Answers({ answers }: { readonly answers: readonly Answer[] }) {
  return (
    <dl className="m-0 max-w-[760px] overflow-hidden rounded-lg border border-line bg-surface">
      {answers.map(({ name, value, link }) => (
        <div
          key={name}
          className="grid grid-cols-[170px_minmax(0,1fr)_auto] items-baseline gap-x-3 gap-y-0.5 border-b border-line px-3 py-2.5 last:border-b-0 max-sm:grid-cols-[minmax(0,1fr)_auto]"
        >
          <dt className="text-ink-3 max-sm:col-span-2">{name}</dt>
          <dd className="m-0 break-words">{value}</dd>
          <dd className="m-0">
            {link === undefined ? null : (
              <Link
                href={link.href}
                aria-label={`${link.word}: ${name}`}
                className="focus-ring rounded-sm text-accent underline underline-offset-2"
              >
                {link.word}
              </Link>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}
