import type { ReactNode } from 'react'
import { Button as AriaButton, Link as AriaLink, type ButtonProps } from 'react-aria-components'
import { cx } from '../lib/class-names.ts'

type Variant = 'default' | 'primary' | 'danger' | 'quiet'

const base =
  'focus-ring inline-flex max-w-full shrink-0 cursor-default items-center justify-center gap-1.5 rounded-md border font-medium wrap-anywhere no-underline select-none transition-colors duration-100 data-[disabled]:cursor-not-allowed data-[disabled]:opacity-50'
const sizes = { md: 'min-h-[30px] px-3 text-base', sm: 'min-h-[26px] px-2.5 text-sm', icon: 'size-7 p-0' } as const
const variants: Readonly<Record<Variant, string>> = {
  default:
    'border-line-strong bg-surface text-ink data-[hovered]:bg-surface-2 data-[pressed]:bg-line forced-colors:border-[ButtonText]',
  primary: 'border-accent bg-accent text-accent-ink data-[hovered]:border-accent-hover data-[hovered]:bg-accent-hover',
  danger: 'border-bad bg-bad text-bad-ink data-[hovered]:border-bad-hover data-[hovered]:bg-bad-hover',
  quiet: 'border-transparent bg-transparent text-ink-2 data-[hovered]:bg-surface-2 data-[hovered]:text-ink',
}

interface Look {
  readonly variant?: Variant
  readonly size?: keyof typeof sizes
}

/** A button. One `primary` per page; `danger` for the last step of what can't be taken back easily. `isPending` says so to everybody. */
export function Button({
  variant = 'default',
  size = 'md',
  className,
  ...props
}: Omit<ButtonProps, 'className'> & Look & { readonly className?: string }) {
  return <AriaButton {...props} className={cx(base, sizes[size], variants[variant], className)} />
}

/** A link that looks like a button. */
export function LinkButton({
  variant = 'default',
  size = 'md',
  href,
  children,
  label,
}: Look & { readonly href: string; readonly children: ReactNode; readonly label?: string }) {
  return (
    <AriaLink
      href={href}
      className={cx(base, sizes[size], variants[variant])}
      {...(label === undefined ? {} : { 'aria-label': label })}
    >
      {children}
    </AriaLink>
  )
}

/** A link in a text. `isQuiet`: in the colour of the text and underlined only when pointed at, for names in a table. */
export function TextLink({
  href,
  children,
  isQuiet = false,
}: {
  readonly href: string
  readonly children: ReactNode
  readonly isQuiet?: boolean
}) {
  return (
    <AriaLink
      href={href}
      className={cx(
        'focus-ring rounded-sm underline-offset-2',
        isQuiet ? 'text-inherit no-underline data-[hovered]:underline' : 'text-accent underline',
      )}
    >
      {children}
    </AriaLink>
  )
}
