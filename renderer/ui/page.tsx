import { useEffect, type ReactNode } from 'react'

/** The frame of a page: header with its title and actions, then what it says. The title is the document's too. */
export function Page({
  title,
  crumb,
  count,
  actions,
  children,
  footer,
}: {
  readonly title: string
  readonly crumb?: ReactNode
  readonly count?: string
  readonly actions?: ReactNode
  readonly children: ReactNode
  readonly footer?: ReactNode
}) {
  useEffect(() => {
    document.title = `${title} · Holdfast`
  }, [title])
  return (
    <div className="flex min-h-full flex-col">
      <header className="sticky top-0 z-10 flex min-h-[54px] flex-wrap items-center gap-x-2.5 gap-y-2 border-b border-line bg-surface px-6 py-2.5 max-sm:px-4">
        {crumb === undefined ? null : <span className="text-lg text-ink-3">{crumb}</span>}
        <h1 className="m-0 text-lg outline-hidden" tabIndex={-1} id="page-title">
          {title}
        </h1>
        {count === undefined ? null : <span className="text-ink-3">{count}</span>}
        <span className="flex-1" />
        {actions === undefined ? null : <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      <div className="flex min-w-0 flex-1 flex-col gap-5 px-6 py-5 max-sm:px-4">{children}</div>
      {footer === undefined ? null : (
        <footer className="sticky bottom-0 z-10 flex min-h-[54px] flex-wrap items-center gap-2.5 border-t border-line bg-surface px-6 py-2.5 max-sm:px-4">
          {footer}
        </footer>
      )}
    </div>
  )
}

/** The sentence that answers the question which brought somebody here. */
export function Say({ children, small }: { readonly children: ReactNode; readonly small?: ReactNode }) {
  return (
    <div>
      <p className="m-0 text-xl font-semibold tracking-[-0.012em] text-balance">{children}</p>
      {small === undefined ? null : <p className="mt-1 mb-0 max-w-[90ch] text-ink-2">{small}</p>}
    </div>
  )
}

/** Nothing is here yet: what it is for, and the way to the first one. */
export function Empty({
  title,
  children,
  actions,
}: {
  readonly title: string
  readonly children: ReactNode
  readonly actions?: ReactNode
}) {
  return (
    <div className="flex flex-col items-start gap-2 rounded-lg border border-dashed border-line-strong px-6 py-8">
      <p className="m-0 text-lg font-semibold">{title}</p>
      <div className="max-w-[70ch] text-ink-2">{children}</div>
      {actions === undefined ? null : <div className="mt-2 flex flex-wrap gap-2">{actions}</div>}
    </div>
  )
}

/** Holds the place of what is being loaded; says so after a second. */
export function Loading({ what }: { readonly what: string }) {
  return (
    <div role="status" className="appear-late flex items-center gap-2 py-8 text-ink-3">
      Loading {what}…
    </div>
  )
}
