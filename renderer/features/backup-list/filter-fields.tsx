import { useEffect, useState } from 'react'
import { cx } from '../../lib/class-names.ts'
import { Select } from '../../ui/fields.tsx'
import { SearchField } from '../../ui/search-field.tsx'

const typingMs = 250

/** Typing is not a step of its own in the history, and is not asked for letter by letter. */
export function TextFilter({
  label,
  value,
  onChange,
  isShort = false,
}: {
  readonly label: string
  readonly value: string
  readonly isShort?: boolean
  readonly onChange: (value: string) => void
}) {
  const [typed, setTyped] = useState(value)
  const [shown, setShown] = useState(value)
  if (value !== shown) {
    setShown(value)
    setTyped(value)
  }
  useEffect(() => {
    if (typed === shown) return
    const timer = setTimeout(() => onChange(typed), typingMs)
    return () => clearTimeout(timer)
  })
  return (
    <SearchField
      label={label}
      value={typed}
      onChange={setTyped}
      className={cx('max-w-full max-sm:w-full', isShort ? 'w-[180px]' : 'w-[260px]')}
    />
  )
}

/** One of a few words, or any. */
export function AnyOf({
  label,
  any,
  value,
  options,
  onChange,
}: {
  readonly label: string
  readonly any: string
  readonly value: string | undefined
  readonly options: readonly { readonly value: string; readonly label: string }[]
  readonly onChange: (value: string | undefined) => void
}) {
  return (
    <Select
      label={label}
      isLabelHidden
      value={value ?? ''}
      options={[{ value: '', label: any }, ...options]}
      onChange={(chosen) => onChange(chosen === '' ? undefined : chosen)}
      className="max-w-full min-w-32"
    />
  )
}

/** Words with what they are called. */
export function named<T extends string>(words: readonly T[], names: Readonly<Record<T, string>>) {
  return words.map((value) => ({ value, label: names[value] }))
}
