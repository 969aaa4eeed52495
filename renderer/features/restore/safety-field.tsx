import { Checkbox, TextField } from '../../ui/fields.tsx'
import { Callout } from '../../ui/callout.tsx'
import type { Safety } from './target-choice.ts'

/** The safety backup: on. Who leaves it out writes why. */
export function SafetyField({
  safety,
  onChange,
}: {
  readonly safety: Safety
  readonly onChange: (safety: Safety) => void
}) {
  return (
    <div className="flex flex-col gap-2.5">
      <Checkbox
        isSelected={safety.isTaken}
        onChange={(isTaken) => onChange({ isTaken, reason: '' })}
        description="A backup of the target as it is now, to the same destinations, read to its end before anything is touched."
      >
        Take a safety backup first
      </Checkbox>
      {safety.isTaken ? null : (
        <>
          <Callout tone="bad" word="No safety backup">
            What the target holds now is then in no backup made for this.
          </Callout>
          <TextField
            label="Why no safety backup is taken"
            description="It goes into the audit log with your name."
            value={safety.reason}
            onChange={(reason) => onChange({ isTaken: false, reason })}
            rows={2}
            maxLength={2000}
          />
        </>
      )}
    </div>
  )
}
