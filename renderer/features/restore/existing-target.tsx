import { defaultKeepHours, type BackupDetail, type Connection } from '../../../preload/contract/index.ts'
import { Checkbox, Choices, TextField } from '../../ui/fields.tsx'
import { PathField } from '../paths/path-field.tsx'
import { RowsChoice } from './content-choice.tsx'
import { asksForRows, isFileEngine, type TargetChoice } from './target-choice.ts'

/** What has to be said of a database that exists. Nothing of it is chosen beforehand. */
export function ExistingTarget({
  choice,
  backup,
  connection,
  onChange,
}: {
  readonly choice: TargetChoice
  readonly backup: BackupDetail
  readonly connection: Connection
  readonly onChange: (part: Partial<TargetChoice>) => void
}) {
  const isFile = isFileEngine(backup.engine)
  return (
    <>
      <Choices
        label="Which database is restored over"
        value={choice.over ?? null}
        onChange={(over) => onChange({ over, name: undefined, file: undefined })}
        options={[
          { value: 'own', label: ownOf(connection), note: `The database of the connection ${connection.name}.` },
          {
            value: 'other',
            label: isFile ? 'Another file' : 'Another database on this server',
            note: isFile ? 'Chosen in a dialog.' : 'Named by hand.',
          },
        ]}
      />
      {choice.over === 'other' ? (
        isFile ? (
          <PathField
            label="The file that is restored over"
            request={{ purpose: 'open', title: 'The file that is restored over', suggestedName: null }}
            value={choice.file ?? null}
            onChange={(file) => onChange({ file })}
          />
        ) : (
          <TextField
            label="Name of the database that is restored over"
            value={choice.name ?? ''}
            onChange={(name) => onChange({ name })}
            isCode
            autoComplete="off"
            spellCheck="false"
            className="max-w-md"
          />
        )
      ) : null}
      {asksForRows(choice, backup) ? (
        <RowsChoice rows={choice.rows ?? null} onChange={(rows) => onChange({ rows })} />
      ) : null}
      {choice.mode === 'swap' ? (
        <TextField
          label="Keep the old database for, in hours"
          type="number"
          value={String(choice.keepHours ?? defaultKeepHours)}
          onChange={(typed) => onChange({ keepHours: Number(typed) })}
          description="At least so long. Nothing drops it by itself afterwards."
          className="max-w-60"
        />
      ) : null}
      {isFile && choice.mode === 'in-place' ? null : (
        <Checkbox
          isSelected={choice.disconnect === true}
          onChange={(disconnect) => onChange({ disconnect })}
          description={
            isFile
              ? 'Asked for only where the system does not tell who has a file open.'
              : 'Off: the plan is blocked while somebody is connected, and says who.'
          }
        >
          {isFile ? 'Every program that uses the file was closed' : 'End the sessions of others in it'}
        </Checkbox>
      )}
    </>
  )
}

function ownOf({ profile, name }: Connection): string {
  const { path, database } = profile
  if (typeof path === 'string') return path
  return typeof database === 'string' ? database : `The database that ${name} opens`
}
