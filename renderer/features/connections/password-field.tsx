import { TextField } from '../../ui/fields.tsx'

/** A password. It is sent once and shown nowhere afterwards. */
export function PasswordField({
  label,
  value,
  onChange,
  description,
}: {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly description: string
}) {
  return (
    <TextField
      label={label}
      type="password"
      autoComplete="new-password"
      value={value}
      onChange={onChange}
      description={description}
    />
  )
}
