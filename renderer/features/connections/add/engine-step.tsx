import { EngineId } from '../../../../preload/contract/index.ts'
import { Choices } from '../../../ui/fields.tsx'
import { Say } from '../../../ui/page.tsx'
import { engineNames } from '../../words/words.tsx'
import { engineNotes } from '../profile.ts'

/** What kind of database it is. */
export function EngineStep({
  value,
  onChange,
}: {
  readonly value: EngineId | null
  readonly onChange: (engine: EngineId) => void
}) {
  return (
    <>
      <Say small="Nothing is changed in the database, now or later: a backup reads it.">
        What kind of database is to be backed up?
      </Say>
      <Choices
        label="Engine"
        value={value}
        onChange={onChange}
        options={EngineId.options.toReversed().map((engine) => ({
          value: engine,
          label: engineNames[engine],
          note: engineNotes[engine],
        }))}
      />
    </>
  )
}
