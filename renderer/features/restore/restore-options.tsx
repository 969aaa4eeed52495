import type { BackupDetail } from '../../../preload/contract/index.ts'
import { useMethod } from '../../lib/api.ts'
import { formatBytes } from '../../lib/format.ts'
import { Checkbox, Choices, TextField } from '../../ui/fields.tsx'
import { canShareWork, type TargetChoice } from './target-choice.ts'

/** Workers and roles, where the engine and the format have them. As they are, nothing has to be chosen. */
export function RestoreOptions({
  choice,
  backup,
  onChange,
}: {
  readonly choice: TargetChoice
  readonly backup: BackupDetail
  readonly onChange: (part: Partial<TargetChoice>) => void
}) {
  const engines = useMethod('engines.list', {})
  const engine = engines.data?.find(({ id }) => id === backup.engine)
  const isShared =
    canShareWork(choice) &&
    engine?.formats.some(({ id, restoresInParallel }) => id === backup.format && restoresInParallel)
  const size = backup.plaintextBytes === null ? '' : `, ${formatBytes(backup.plaintextBytes)}`
  return (
    <>
      {isShared === true ? (
        <TextField
          label="Workers that restore at once"
          type="number"
          value={choice.jobs === undefined ? '1' : Number.isFinite(choice.jobs) ? String(choice.jobs) : ''}
          onChange={(typed) => onChange({ jobs: typed === '' ? 0 : Number(typed) })}
          description={`With more than one the backup is decoded into a plain file on this machine first${size}, which only this account reads and which is removed afterwards.`}
          className="max-w-md"
        />
      ) : null}
      {engine?.hasRoles === true ? (
        <>
          <Choices
            label="Roles that the backup names"
            value={choice.roles ?? 'create'}
            onChange={(roles) => onChange({ roles, rolePasswords: undefined })}
            options={[
              {
                value: 'create',
                label: 'Make those that are missing',
                note: 'As they were. Those that exist stay as they are.',
              },
              { value: 'leave', label: 'Leave all of them alone', note: 'Those that are missing block the restore.' },
              {
                value: 'alter',
                label: 'Also change those that exist',
                note: 'They become like they were, but for their passwords. The plan lists each.',
              },
            ]}
          />
          {choice.roles === 'alter' ? (
            <Checkbox
              isSelected={choice.rolePasswords === true}
              onChange={(rolePasswords) => onChange({ rolePasswords })}
              description="Off: everybody logs in with the password of now. On: with the one of the time of the backup, where it holds them."
            >
              Replace the passwords of roles that exist
            </Checkbox>
          ) : null}
        </>
      ) : null}
    </>
  )
}
