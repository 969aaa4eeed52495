import { TextField } from '../../ui/fields.tsx'
import { nameDifference } from './name-difference.ts'

/** The name that is typed by hand before something that can't be taken back easily. Nothing happens on Enter: a button is pressed. */
export function TypedName({
  wanted,
  typed,
  onChange,
}: {
  readonly wanted: string
  readonly typed: string
  readonly onChange: (typed: string) => void
}) {
  const gap = nameDifference(wanted, typed)
  return (
    <div className="flex flex-col gap-1.5">
      <p className="m-0">
        Type <code className="font-mono text-sm font-semibold break-all select-all">{wanted}</code> to confirm.
      </p>
      <div className="flex flex-wrap items-end gap-x-3 gap-y-1">
        <TextField
          label="Name of the database"
          value={typed}
          onChange={onChange}
          isCode
          autoComplete="off"
          autoCorrect="off"
          spellCheck="false"
          className="w-80 max-w-full"
        />
        <span role="status" className="pb-2 text-sm text-ink-2">
          {gap ?? 'The name is complete'}
        </span>
      </div>
    </div>
  )
}
