import { ToggleButton, ToggleButtonGroup } from 'react-aria-components'

/** One of a few views, side by side. */
export function Segments<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string
  readonly value: T
  readonly options: readonly { readonly value: T; readonly label: string }[]
  readonly onChange: (value: T) => void
}) {
  return (
    <ToggleButtonGroup
      aria-label={label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const chosen = options.find((option) => keys.has(option.value))
        if (chosen !== undefined) onChange(chosen.value)
      }}
      className="flex rounded-md border border-line-strong bg-surface-2 p-px"
    >
      {options.map((option) => (
        <ToggleButton
          key={option.value}
          id={option.value}
          className="focus-ring h-[26px] shrink-0 cursor-default rounded-[5px] whitespace-nowrap px-2.5 text-sm font-medium text-ink-2 data-[hovered]:text-ink data-[selected]:bg-surface data-[selected]:text-ink data-[selected]:ring-1 data-[selected]:ring-line-strong forced-colors:data-[selected]:bg-[Highlight] forced-colors:data-[selected]:text-[HighlightText] forced-colors:data-[selected]:forced-color-adjust-none"
        >
          {option.label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  )
}
