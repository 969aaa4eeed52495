import { useEffect, useState } from 'react'
import { Controller, useWatch, type Control, type UseFormSetValue } from 'react-hook-form'
import type { SshHostKey } from '../../../preload/contract/index.ts'
import { call } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Select } from '../../ui/fields.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { PasswordField } from './password-field.tsx'
import { FileField, FormText } from './profile-fields.tsx'
import type { ConnectionForm } from './profile.ts'
import { sshPort, type SshLoginKind } from './ssh.ts'
import { useTry } from './use-try.ts'

const kinds: readonly { readonly value: SshLoginKind; readonly label: string; readonly note?: string }[] = [
  { value: 'none', label: 'No, it is reached directly' },
  { value: 'key', label: 'Yes, with a private key', note: 'OpenSSH or PEM; its passphrase is stored where it has one' },
  { value: 'agent', label: 'Yes, with a key of the SSH agent', note: 'Of the session in which Holdfast runs' },
  { value: 'password', label: 'Yes, with a password', note: 'It is stored like the password of the database' },
]

/** The SSH server through which a database is reached, its login, and the host key that a person accepted. */
export function SshFields({
  control,
  setValue,
  secret,
  onSecret,
  hasStoredSecret,
}: {
  readonly control: Control<ConnectionForm, unknown, ConnectionForm>
  readonly setValue: UseFormSetValue<ConnectionForm>
  /** The password or passphrase as typed: in memory alone. */
  readonly secret: string
  readonly onSecret: (secret: string) => void
  readonly hasStoredSecret: boolean
}) {
  const kind = useWatch({ control, name: 'sshBy' })
  return (
    <div role="group" aria-label="SSH tunnel" className="flex flex-col gap-4">
      <Controller
        control={control}
        name="sshBy"
        render={({ field }) => (
          <Select
            label="Through an SSH server"
            value={field.value}
            onChange={field.onChange}
            options={kinds}
            className="max-w-sm"
            description={
              field.value === 'none'
                ? 'For servers that cannot be reached from here.'
                : 'Server and port above are then those that the SSH server sees.'
            }
          />
        )}
      />
      {kind === 'none' ? null : (
        <>
          <div className="grid grid-cols-[1fr_110px] items-start gap-3 max-sm:grid-cols-1">
            <FormText control={control} name="sshHost" label="SSH server" isCode />
            <FormText control={control} name="sshPort" label="SSH port" placeholder="22" isCode />
          </div>
          <FormText control={control} name="sshUser" label="SSH user" isCode />
          {kind === 'key' ? (
            <FileField
              control={control}
              name="sshKey"
              label="Private key"
              description="It stays where it is, and is read when a connection is made."
              title="Choose the private key"
            />
          ) : null}
          {kind === 'agent' ? null : (
            <PasswordField
              label={kind === 'key' ? 'Passphrase of the key' : 'Password of the SSH user'}
              value={secret}
              onChange={onSecret}
              description={
                hasStoredSecret
                  ? 'Left empty: the stored one stays. It is asked for again where the SSH server changes.'
                  : kind === 'key'
                    ? 'Leave it empty where the key has none.'
                    : 'It is stored when the connection is saved.'
              }
            />
          )}
          <HostKey control={control} setValue={setValue} />
        </>
      )}
    </div>
  )
}

function HostKey({
  control,
  setValue,
}: {
  readonly control: Control<ConnectionForm, unknown, ConnectionForm>
  readonly setValue: UseFormSetValue<ConnectionForm>
}) {
  const [host, port, accepted] = useWatch({ control, name: ['sshHost', 'sshPort', 'sshHostKey'] })
  const place = `${host}:${port}`
  const [acceptedAt, setAcceptedAt] = useState(place)
  const [askedAt, setAskedAt] = useState(place)
  const { tried, run } = useTry<SshHostKey>()
  const number = sshPort({ sshPort: port })
  const shown = tried.state === 'done' && askedAt === place ? tried.data : null
  // A key was accepted for one server: for another it says nothing.
  const isAccepted = accepted !== '' && acceptedAt === place
  const isOfOther = accepted !== '' && acceptedAt !== place
  useEffect(() => {
    if (isOfOther) setValue('sshHostKey', '')
  }, [isOfOther, setValue])
  const isOther = shown !== null && isAccepted && shown.fingerprint !== accepted
  const ask = () => {
    if (number === null) return
    setAskedAt(place)
    void run(() => call('connections.sshHostKey', { host, port: number }))
  }
  const accept = ({ fingerprint }: SshHostKey) => {
    setAcceptedAt(place)
    setValue('sshHostKey', fingerprint, { shouldDirty: true, shouldValidate: true })
  }
  return (
    <Controller
      control={control}
      name="sshHostKey"
      render={({ fieldState }) => (
        <div role="group" aria-label="Host key" className="flex flex-col gap-2">
          <span className="text-sm font-medium text-ink-2">Host key</span>
          {isAccepted && !isOther ? (
            <Callout tone="ok" word="Accepted">
              <code className="font-mono text-sm break-all">{accepted}</code>
            </Callout>
          ) : null}
          {isOther ? (
            <Callout
              tone="bad"
              word="Another host key"
              isAlert
              actions={
                <Button size="sm" onPress={() => accept(shown)}>
                  Its key really changed: accept the new one
                </Button>
              }
            >
              <p className="m-0">Somebody may be in between, so nothing is sent there. Ask who runs the server.</p>
              <p className="m-0">
                Accepted: <code className="font-mono text-sm break-all">{accepted}</code>
              </p>
              <p className="m-0">
                Shown now: <code className="font-mono text-sm break-all">{shown.fingerprint}</code> ({shown.keyType})
              </p>
            </Callout>
          ) : null}
          {shown !== null && !isAccepted ? (
            <Callout
              tone="warn"
              word="Not accepted yet"
              isAlert
              actions={
                <Button size="sm" onPress={() => accept(shown)}>
                  Accept this host key
                </Button>
              }
            >
              <p className="m-0">
                The server shows <code className="font-mono text-sm break-all">{shown.fingerprint}</code> (
                {shown.keyType}).
              </p>
              <p className="m-0 text-sm text-ink-2">
                Compare it with what <code className="font-mono">ssh-keygen -lf</code> prints for that key on the
                server.
              </p>
            </Callout>
          ) : null}
          {tried.state === 'failed' && askedAt === place ? (
            <ErrorNotice error={tried.error} word="No host key" onRetry={ask} />
          ) : null}
          <div className="flex flex-wrap items-center gap-2.5">
            <Button
              size="sm"
              isDisabled={host === '' || number === null}
              isPending={tried.state === 'pending'}
              onPress={ask}
            >
              {isAccepted ? 'Ask for the host key again' : 'Ask for the host key'}
            </Button>
            <span className="text-sm text-ink-3">
              {host === ''
                ? 'Type the SSH server first.'
                : 'Nothing is sent to the server but the question; nobody logs in.'}
            </span>
          </div>
          {fieldState.error === undefined || isAccepted ? null : (
            <p role="alert" className="m-0 text-sm text-bad">
              {fieldState.error.message}
            </p>
          )}
        </div>
      )}
    />
  )
}
