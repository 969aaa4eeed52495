import { Search, X } from 'lucide-react'
import { Button, Input, SearchField as AriaSearchField } from 'react-aria-components'
import { cx } from '../lib/class-names.ts'

/** Words to look for; Escape or the cross empties it. */
export function SearchField({
  label,
  value,
  onChange,
  className,
}: {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly className?: string
}) {
  return (
    <AriaSearchField
      aria-label={label}
      value={value}
      onChange={onChange}
      className={cx('group relative flex items-center', className)}
    >
      <Search size={14} aria-hidden className="pointer-events-none absolute left-2.5 text-ink-3" />
      <Input
        placeholder={label}
        className="h-[30px] w-full rounded-md border border-line-strong bg-surface pr-7 pl-8 text-ink outline-hidden placeholder:text-ink-3 data-[focused]:border-accent data-[focused]:outline-2 data-[focused]:-outline-offset-1 data-[focused]:outline-accent data-[focused]:outline-solid [&::-webkit-search-cancel-button]:hidden"
      />
      <Button className="focus-ring absolute right-0.5 grid size-6 cursor-default place-items-center rounded-sm text-ink-3 group-data-[empty]:hidden data-[hovered]:text-ink">
        <X size={14} aria-hidden />
      </Button>
    </AriaSearchField>
  )
}
