import { useId, type ReactNode } from 'react'
import { cx } from '../lib/class-names.ts'

/** A surface with a quiet line around it. A box never stands in a box. */
export function Box({
  children,
  padded = false,
  className,
}: {
  readonly children: ReactNode
  readonly padded?: boolean
  readonly className?: string
}) {
  return (
    <div className={cx('overflow-hidden rounded-lg border border-line bg-surface', padded && 'px-4 py-3.5', className)}>
      {children}
    </div>
  )
}

/** A part of a page under its heading. */
export function Section({
  title,
  note,
  actions,
  children,
}: {
  readonly title: string
  readonly note?: string
  readonly actions?: ReactNode
  readonly children: ReactNode
}) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="min-w-0">
      <div className="mb-2 flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h2 id={id} className="m-0 text-base">
          {title}
        </h2>
        {note === undefined ? null : <span className="text-sm text-ink-3">{note}</span>}
        <span className="flex-1" />
        {actions}
      </div>
      {children}
    </section>
  )
}

/** Facts as pairs of name and value. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="m-0 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-sm">
      {facts.map(([name, value]) => (
        <div key={name} className="col-span-2 grid grid-cols-subgrid">
          <dt className="text-ink-3">{name}</dt>
          <dd className="m-0 text-right wrap-anywhere">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
