import type { ReactNode } from 'react'
import { cx } from '../lib/class-names.ts'

/** A table of facts, at most some hundred rows. The first column names the row. On a narrow screen it scrolls in itself. */
export function Table({
  label,
  columns,
  children,
}: {
  readonly label: string
  readonly columns: readonly { readonly name: string; readonly isNumber?: boolean; readonly isHidden?: boolean }[]
  readonly children: ReactNode
}) {
  return (
    // A part that scrolls must be reachable with the keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div
      className="relative overflow-x-auto rounded-lg border border-line bg-surface"
      tabIndex={0}
      role="region"
      aria-label={label}
    >
      <table className="w-full border-collapse text-left">
        <caption className="sr-only">{label}</caption>
        <thead>
          <tr>
            {columns.map(({ name, isNumber, isHidden }) => (
              <th
                key={name}
                scope="col"
                className={cx(
                  'border-b border-line px-3 py-2 text-sm font-medium whitespace-nowrap text-ink-3',
                  isNumber === true && 'text-right',
                )}
              >
                {isHidden === true ? <span className="sr-only">{name}</span> : name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="[&>tr:last-child>*]:border-b-0">{children}</tbody>
      </table>
    </div>
  )
}

/** A cell; `isHead` for the one that names its row. */
export function Cell({
  children,
  isNumber = false,
  isHead = false,
  isTall = false,
  isWrapped = false,
}: {
  readonly children?: ReactNode
  readonly isNumber?: boolean
  readonly isHead?: boolean
  readonly isTall?: boolean
  readonly isWrapped?: boolean
}) {
  const className = cx(
    'border-b border-line px-3 font-normal',
    isTall ? 'h-12 py-1' : 'h-9',
    isNumber && 'text-right tabular-nums',
    !isWrapped && 'whitespace-nowrap',
  )
  return isHead ? (
    <th scope="row" className={cx(className, 'text-left')}>
      {children}
    </th>
  ) : (
    <td className={className}>{children}</td>
  )
}
