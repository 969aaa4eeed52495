import { zodResolver } from '@hookform/resolvers/zod'
import { useEffect, useRef } from 'react'
import { useForm, useWatch } from 'react-hook-form'
import { Say } from '../../../ui/page.tsx'
import type { ConnectionAddress } from '../connection-url.ts'
import { PasswordField } from '../password-field.tsx'
import { FormText, ProfileFields } from '../profile-fields.tsx'
import { CompleteConnectionForm, ConnectionForm, proposedName } from '../profile.ts'
import { SshFields } from '../ssh-fields.tsx'
import { PasteAddress } from './paste-address.tsx'

/** The form that the footer's button sends. */
export const detailsFormId = 'connection-details'

/** Where the database is and how it is reached. What is typed is kept at once, the password only in memory. */
export function DetailsStep({
  form: initial,
  password,
  isPasswordLost,
  sshSecret,
  onSshSecret,
  onChange,
  onPassword,
  onDone,
}: {
  readonly form: ConnectionForm
  readonly password: string
  /** One was typed before a reload. */
  readonly isPasswordLost: boolean
  /** The password of the SSH user, or the passphrase of its key. */
  readonly sshSecret: string
  readonly onSshSecret: (secret: string) => void
  readonly onChange: (form: ConnectionForm) => void
  readonly onPassword: (password: string) => void
  readonly onDone: (form: ConnectionForm) => void
}) {
  const { control, handleSubmit, setValue } = useForm<ConnectionForm>({
    defaultValues: initial,
    resolver: zodResolver(CompleteConnectionForm),
  })
  const values = useWatch({ control }) as ConnectionForm
  const proposed = proposedName(values)
  const lastProposed = useRef(proposed)
  useEffect(() => {
    // A name that nobody typed follows what it is made of.
    const isProposed = values.name === lastProposed.current
    lastProposed.current = proposed
    if (isProposed && values.name !== proposed) setValue('name', proposed)
    else onChange(values)
  }, [values, proposed, setValue, onChange])
  const fill = ({ password: given, leftOut: _left, tls, ...fields }: ConnectionAddress) => {
    for (const [name, value] of Object.entries(fields)) setValue(name as keyof typeof fields, value ?? '')
    const mode = ConnectionForm.shape.tls.safeParse(tls)
    if (mode.success) setValue('tls', mode.data)
    if (given !== undefined) onPassword(given)
  }
  const { engine } = initial
  return (
    <>
      <Say
        small={
          engine === 'sqlite' ? undefined : 'An address from a hosting provider or a .env file fills in all of it.'
        }
      >
        {engine === 'sqlite' ? 'Which file is the database?' : 'Where is the server, and who logs in?'}
      </Say>
      {engine === 'postgresql' ? <PasteAddress onRead={fill} /> : null}
      <form
        id={detailsFormId}
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          void handleSubmit(onDone)(event)
        }}
      >
        <ProfileFields control={control} engine={engine} />
        {engine === 'postgresql' ? (
          <PasswordField
            label="Password"
            value={password}
            onChange={onPassword}
            description={
              isPasswordLost
                ? 'The page was loaded again, and passwords are not kept over that: type it once more.'
                : 'Leave it empty where none is needed. It is stored when the connection is saved, and not kept over a reload of this page.'
            }
          />
        ) : null}
        {engine === 'postgresql' ? (
          <SshFields
            control={control}
            setValue={setValue}
            secret={sshSecret}
            onSecret={onSshSecret}
            hasStoredSecret={false}
          />
        ) : null}
        <FormText
          control={control}
          name="name"
          label="Name of the connection"
          description="How it is called from now on."
        />
      </form>
    </>
  )
}
