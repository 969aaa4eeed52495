import { Controller, type Control, type FieldPath } from 'react-hook-form'
import { Select, TextField } from '../../ui/fields.tsx'
import { PathField } from '../paths/path-field.tsx'
import { tlsModes, type ConnectionForm } from './profile.ts'
import { shownPath, type FileChoice } from './ssh.ts'

type FormControl = Control<ConnectionForm, unknown, ConnectionForm>

/** The fields of a connection of one engine, but for its name and its password. */
export function ProfileFields({
  control,
  engine,
}: {
  readonly control: FormControl
  readonly engine: ConnectionForm['engine']
}) {
  if (engine === 'sqlite') {
    return (
      <FileField
        control={control}
        name="file"
        label="Database file"
        description="It is only read. Programs that use it may go on."
        title="Choose the database file"
      />
    )
  }
  return (
    <>
      <div className="grid grid-cols-[1fr_110px] items-start gap-3 max-sm:grid-cols-1">
        <FormText
          control={control}
          name="host"
          label="Server"
          description="Name or address; a path that begins with / is the folder of its socket."
          isCode
        />
        <FormText control={control} name="port" label="Port" placeholder="5432" isCode />
      </div>
      <div className="grid grid-cols-2 items-start gap-3 max-sm:grid-cols-1">
        <FormText control={control} name="user" label="User" isCode />
        <FormText control={control} name="database" label="Database" isCode />
      </div>
      <Controller
        control={control}
        name="tls"
        render={({ field }) => (
          <Select
            label="TLS"
            value={field.value}
            onChange={field.onChange}
            options={tlsModes}
            className="max-w-xs"
            description={tlsModes.find(({ value }) => value === field.value)?.note}
          />
        )}
      />
      <FileField
        control={control}
        name="caFile"
        label="Trusted certificates (optional)"
        description="A PEM file, for verify-ca and verify-full. Without it the system's are trusted."
        title="Choose the file of trusted certificates"
      />
      <FormText
        control={control}
        name="service"
        label="Service (optional)"
        description="A section of pg_service.conf; what stands above wins over it."
        isCode
      />
    </>
  )
}

/** A field of the form that is one line of text. */
export function FormText({
  control,
  name,
  ...props
}: {
  readonly control: FormControl
  readonly name: Extract<
    FieldPath<ConnectionForm>,
    'name' | 'host' | 'port' | 'user' | 'database' | 'service' | 'sshHost' | 'sshPort' | 'sshUser'
  >
  readonly label: string
  readonly description?: string
  readonly placeholder?: string
  readonly isCode?: boolean
}) {
  return (
    <Controller
      control={control}
      name={name}
      render={({ field, fieldState }) => (
        <TextField
          {...props}
          value={field.value}
          onChange={field.onChange}
          onBlur={field.onBlur}
          error={fieldState.error?.message}
          autoComplete="off"
          spellCheck="false"
        />
      )}
    />
  )
}

/** A field of the form that is a file, picked in a dialog. */
export function FileField({
  control,
  name,
  label,
  description,
  title,
}: {
  readonly control: FormControl
  readonly name: 'file' | 'caFile' | 'sshKey'
  readonly label: string
  readonly description: string
  readonly title: string
}) {
  return (
    <Controller
      control={control}
      name={name}
      render={({ field, fieldState }) => (
        <div className="flex flex-col gap-1">
          <PathField
            label={label}
            description={description}
            request={{ purpose: 'open', title, suggestedName: null }}
            value={picked(field.value)}
            onChange={field.onChange}
          />
          {fieldState.error === undefined ? null : (
            <p role="alert" className="m-0 text-sm text-bad">
              {fieldState.error.message}
            </p>
          )}
        </div>
      )}
    />
  )
}

function picked(choice: FileChoice | null) {
  return choice === null ? null : { picked: 'stored' in choice ? '' : choice.picked, path: shownPath(choice) }
}
