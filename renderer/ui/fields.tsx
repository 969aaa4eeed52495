import { ChevronDown } from 'lucide-react'
import type { ReactNode } from 'react'
import {
  Button as AriaButton,
  Checkbox as AriaCheckbox,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Radio,
  RadioGroup,
  Select as AriaSelect,
  SelectValue,
  Text,
  TextArea,
  TextField as AriaTextField,
  type TextFieldProps,
} from 'react-aria-components'
import { cx } from '../lib/class-names.ts'

const box =
  'w-full rounded-md border border-line-strong bg-surface px-2.5 text-ink placeholder:text-ink-3 data-[invalid]:border-bad data-[focused]:border-accent outline-hidden data-[focused]:outline-solid data-[focused]:outline-2 data-[focused]:outline-accent data-[focused]:-outline-offset-1 data-[disabled]:opacity-60'
const label = 'text-sm font-medium text-ink-2'
const help = 'text-sm text-ink-3'
const fault = 'text-sm text-bad'

interface Described {
  readonly label: string
  readonly description?: ReactNode
  /** What is wrong with the value, shown under it. */
  readonly error?: string | undefined
}

/** One line of text, or several with `rows`. */
export function TextField({
  label: name,
  description,
  error,
  rows,
  isCode = false,
  placeholder,
  className,
  ...props
}: Omit<TextFieldProps, 'className' | 'children'> &
  Described & {
    readonly rows?: number
    readonly isCode?: boolean
    readonly placeholder?: string
    readonly className?: string
  }) {
  const style = cx(box, isCode && 'font-mono text-sm')
  return (
    <AriaTextField {...props} isInvalid={error !== undefined} className={cx('flex flex-col gap-1', className)}>
      <Label className={label}>{name}</Label>
      {rows === undefined ? (
        <Input className={cx(style, 'h-[34px]')} {...(placeholder === undefined ? {} : { placeholder })} />
      ) : (
        <TextArea className={cx(style, 'py-1.5')} rows={rows} {...(placeholder === undefined ? {} : { placeholder })} />
      )}
      {description === undefined ? null : (
        <Text slot="description" className={help}>
          {description}
        </Text>
      )}
      <FieldError className={fault}>{error}</FieldError>
    </AriaTextField>
  )
}

/** One of several, in a list that opens. */
export function Select<T extends string>({
  label: name,
  description,
  value,
  onChange,
  options,
  isLabelHidden = false,
  className,
}: Described & {
  readonly value: T
  readonly onChange: (value: T) => void
  readonly options: readonly { readonly value: T; readonly label: string; readonly note?: string }[]
  readonly isLabelHidden?: boolean
  readonly className?: string
}) {
  return (
    <AriaSelect
      {...(isLabelHidden ? { 'aria-label': name } : {})}
      value={value}
      onChange={(key) => {
        const chosen = options.find((option) => option.value === key)
        if (chosen !== undefined) onChange(chosen.value)
      }}
      className={cx('flex flex-col gap-1', className)}
    >
      {isLabelHidden ? null : <Label className={label}>{name}</Label>}
      <AriaButton className="focus-ring flex h-[30px] items-center gap-2 rounded-md border border-line-strong bg-surface px-2.5 text-left text-ink data-[hovered]:bg-surface-2">
        <SelectValue className="flex-1 truncate">{({ selectedText }) => selectedText}</SelectValue>
        <ChevronDown size={14} aria-hidden className="text-ink-3" />
      </AriaButton>
      {description === undefined ? null : (
        <Text slot="description" className={help}>
          {description}
        </Text>
      )}
      <Popover className="min-w-(--trigger-width) overflow-auto rounded-md border border-line-strong bg-surface p-1 shadow-lg">
        <ListBox className="outline-hidden">
          {options.map((option) => (
            <ListBoxItem
              key={option.value}
              id={option.value}
              textValue={option.label}
              className="flex cursor-default flex-col rounded-sm px-2.5 py-1.5 outline-hidden data-[focused]:bg-accent-soft data-[selected]:font-medium forced-colors:forced-color-adjust-none forced-colors:data-[focused]:bg-[Highlight] forced-colors:data-[focused]:text-[HighlightText]"
            >
              {option.label}
              {option.note === undefined ? null : <span className="text-sm font-normal text-ink-3">{option.note}</span>}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  )
}

/** Yes or no. */
export function Checkbox({
  children,
  description,
  isSelected,
  onChange,
  isDisabled = false,
}: {
  readonly children: ReactNode
  readonly description?: ReactNode
  readonly isSelected: boolean
  readonly onChange: (isSelected: boolean) => void
  readonly isDisabled?: boolean
}) {
  return (
    <AriaCheckbox
      isSelected={isSelected}
      onChange={onChange}
      isDisabled={isDisabled}
      className="group flex items-start gap-2.5 data-[disabled]:opacity-60"
    >
      <span
        aria-hidden
        className="mt-0.5 grid size-4 shrink-0 place-items-center rounded-[4px] border border-line-strong bg-surface text-transparent group-data-[focus-visible]:outline-2 group-data-[focus-visible]:outline-offset-2 group-data-[focus-visible]:outline-accent group-data-[selected]:border-accent group-data-[selected]:bg-accent group-data-[selected]:text-accent-ink forced-colors:group-data-[selected]:bg-[Highlight]"
      >
        <svg viewBox="0 0 12 12" width="11" height="11" fill="none" stroke="currentColor" strokeWidth="2">
          <path d="m2.5 6.3 2.3 2.4 4.7-5.2" />
        </svg>
      </span>
      <span>
        {children}
        {description === undefined ? null : <span className="block text-sm text-ink-3">{description}</span>}
      </span>
    </AriaCheckbox>
  )
}

/** One of a few, each with what it means. */
export function Choices<T extends string>({
  label: name,
  value,
  onChange,
  options,
}: {
  readonly label: string
  readonly value: T | null
  readonly onChange: (value: T) => void
  readonly options: readonly {
    readonly value: T
    readonly label: string
    readonly note?: ReactNode
    readonly isDisabled?: boolean
  }[]
}) {
  return (
    <RadioGroup
      value={value}
      onChange={(chosen) => {
        const option = options.find((each) => each.value === chosen)
        if (option !== undefined) onChange(option.value)
      }}
      className="flex flex-col gap-1.5"
    >
      <Label className={label}>{name}</Label>
      {options.map((option) => (
        <Radio
          key={option.value}
          value={option.value}
          isDisabled={option.isDisabled ?? false}
          className="group flex items-start gap-2.5 rounded-md border border-line bg-surface px-3 py-2.5 data-[disabled]:opacity-60 data-[focus-visible]:outline-2 data-[focus-visible]:outline-offset-2 data-[focus-visible]:outline-accent data-[selected]:border-accent data-[selected]:bg-accent-soft"
        >
          <span
            aria-hidden
            className="mt-0.5 size-4 shrink-0 rounded-full border border-line-strong bg-surface group-data-[selected]:border-[5px] group-data-[selected]:border-accent forced-colors:group-data-[selected]:border-[Highlight]"
          />
          <span>
            <span className="font-medium">{option.label}</span>
            {option.note === undefined ? null : <span className="block text-sm text-ink-2">{option.note}</span>}
          </span>
        </Radio>
      ))}
    </RadioGroup>
  )
}
