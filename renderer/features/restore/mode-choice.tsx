import type { RestoreMode } from '../../../preload/contract/index.ts'
import { Choices } from '../../ui/fields.tsx'

/** The three modes: what each keeps, what it loses, and when it can fail. */
export function ModeChoice({
  mode,
  whyNot,
  onChange,
}: {
  readonly mode: RestoreMode
  /** Why what was chosen can't be restored in a mode; null where it can. */
  readonly whyNot: (mode: RestoreMode) => string | null
  readonly onChange: (mode: RestoreMode) => void
}) {
  return (
    <Choices
      label="How"
      value={mode}
      onChange={onChange}
      options={(
        [
          {
            value: 'new',
            label: 'Into a new database',
            note: (
              <Means
                keeps="everything that exists"
                loses="nothing"
                fails="the name is taken, or the right to create databases or the room is missing; nothing is left behind then"
              />
            ),
          },
          {
            value: 'swap',
            label: 'Over an existing database: beside it, then swapped',
            note: (
              <Means
                keeps="the old database, closed, until a date that you choose; Undo exchanges the two again"
                loses="what was written since the backup, from the swap on"
                fails="somebody is connected, or something is bound to the database; it stays as it is then. Needs room for a second one"
              />
            ),
          },
          {
            value: 'in-place',
            label: 'Over an existing database: in place',
            note: (
              <Means
                keeps="the database itself with its name and rights; the way back is the safety backup alone"
                loses="what was written since the backup, at once"
                fails="it is in use or too large for one transaction; then the transaction is taken back, and it stays as it is"
              />
            ),
          },
        ] as const
      ).map(({ value, label, note }) => {
        const why = whyNot(value)
        return {
          value,
          label,
          isDisabled: why !== null,
          note: (
            <>
              {why === null ? null : <strong className="block font-medium text-ink">{why}</strong>}
              {note}
            </>
          ),
        }
      })}
    />
  )
}

function Means({ keeps, loses, fails }: { readonly keeps: string; readonly loses: string; readonly fails: string }) {
  return (
    <>
      <span className="block">
        <span className="text-ink-3">Keeps</span> {keeps}.
      </span>
      <span className="block">
        <span className="text-ink-3">Loses</span> {loses}.
      </span>
      <span className="block">
        <span className="text-ink-3">Fails where</span> {fails}.
      </span>
    </>
  )
}
