import type { ReactNode } from 'react'
import { ToggleButton } from 'react-aria-components'

/** Something that is on or off, as a button. */
export function Toggle({
  children,
  isOn,
  onChange,
}: {
  readonly children: ReactNode
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
}) {
  return (
    <ToggleButton
      isSelected={isOn}
      onChange={onChange}
      className="focus-ring inline-flex h-[30px] shrink-0 cursor-default items-center gap-1.5 rounded-md border border-line-strong bg-surface px-2.5 whitespace-nowrap text-ink data-[hovered]:bg-surface-2 data-[selected]:border-accent data-[selected]:bg-accent-soft data-[selected]:font-medium forced-colors:data-[selected]:bg-[Highlight] forced-colors:data-[selected]:text-[HighlightText] forced-colors:data-[selected]:forced-color-adjust-none"
    >
      {children}
    </ToggleButton>
  )
}
