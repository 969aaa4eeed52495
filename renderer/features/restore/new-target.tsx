import type { BackupDetail } from '../../../preload/contract/index.ts'
import { TextField } from '../../ui/fields.tsx'
import { Button } from '../../ui/button.tsx'
import { PathField } from '../paths/path-field.tsx'
import { shortDatabase } from './restore-words.tsx'
import { isFileEngine, type TargetChoice } from './target-choice.ts'

/** The name of the new database: the proposed one, or another. */
export function NewTarget({
  choice,
  backup,
  onChange,
}: {
  readonly choice: TargetChoice
  readonly backup: BackupDetail
  readonly onChange: (part: Partial<TargetChoice>) => void
}) {
  const name = shortDatabase(backup.database)
  if (!isFileEngine(backup.engine)) {
    return (
      <TextField
        label="Name of the new database"
        placeholder={`${name}_restore_<date>`}
        description={`Empty: ${name}_restore_ with the present date and time.`}
        value={choice.name ?? ''}
        onChange={(typed) => onChange({ name: typed })}
        isCode
        autoComplete="off"
        spellCheck="false"
        className="max-w-md"
      />
    )
  }
  const [stem, extension] = splitName(name)
  const proposed = `${stem}_restore_<date>${extension}`
  return (
    <div className="flex flex-col gap-1.5">
      <PathField
        label="The new file"
        description={
          choice.file === undefined
            ? `Nothing chosen: ${proposed} in the folder of the connection's file.`
            : 'It must not exist yet.'
        }
        request={{ purpose: 'save', title: 'The new database file', suggestedName: `${stem}_restore${extension}` }}
        value={choice.file ?? null}
        onChange={(file) => onChange({ file })}
      />
      {choice.file === undefined ? null : (
        <Button size="sm" className="self-start" onPress={() => onChange({ file: undefined })}>
          Use the proposed name
        </Button>
      )}
    </div>
  )
}

function splitName(name: string): readonly [stem: string, extension: string] {
  const dot = name.lastIndexOf('.')
  return dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, '']
}
