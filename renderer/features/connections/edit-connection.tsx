import { zodResolver } from '@hookform/resolvers/zod'
import { useState } from 'react'
import { useForm, useWatch } from 'react-hook-form'
import {
  type Connection,
  Environment,
  SshReach,
  type SecretInput,
  type ServerInfo,
} from '../../../preload/contract/index.ts'
import { call, queryClient, useMethod } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Checkbox, Select, TextField } from '../../ui/fields.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { Callout } from '../../ui/callout.tsx'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { passwordText } from './connection-facts.tsx'
import { editCommand, goalOf } from './edit-command.ts'
import { ageOf, sizeOf, sizeText } from './limits.ts'
import { PasswordField } from './password-field.tsx'
import { FormText, ProfileFields } from './profile-fields.tsx'
import { CompleteConnectionForm, editedProfileOf, formOf, type ConnectionForm } from './profile.ts'
import { SshFields } from './ssh-fields.tsx'
import { sshSecretOf } from './ssh.ts'
import { TestFailure } from './test-failure.tsx'
import { useTry } from './use-try.ts'

/** Changes a connection. The password can be replaced, never read. */
export function EditConnection({
  connection,
  onClose,
}: {
  readonly connection: Connection
  readonly onClose: () => void
}) {
  const before = formOf(connection)
  const { control, handleSubmit, setValue, formState } = useForm<ConnectionForm>({
    defaultValues: before,
    resolver: zodResolver(CompleteConnectionForm),
  })
  const form = useWatch({ control }) as ConnectionForm
  const secrets = useMethod('secrets.status', {})
  const [environment, setEnvironment] = useState(connection.environment)
  const [goal, setGoal] = useState(String(connection.goalHours))
  const [size, setSize] = useState(sizeText(connection.minSizeBytes))
  const [age, setAge] = useState(connection.maxAgeHours === undefined ? '' : String(connection.maxAgeHours))
  const [sshSecret, setSshSecret] = useState('')
  const [isReplacing, setReplacing] = useState(false)
  const [password, setPassword] = useState('')
  const [isLeaving, setLeaving] = useState(false)
  const save = useTry<Connection>()
  const probe = useTry<ServerInfo>()
  const goalHours = goalOf(goal)
  const secret: SecretInput | null = isReplacing
    ? password === ''
      ? { from: 'none' }
      : { from: 'value', value: password }
    : null
  const minSizeBytes = sizeOf(size)
  const maxAgeHours = ageOf(age)
  const isReadable = goalHours !== null && minSizeBytes !== undefined && maxAgeHours !== undefined
  const limits = {
    ...(minSizeBytes === (connection.minSizeBytes ?? null) || minSizeBytes === undefined ? {} : { minSizeBytes }),
    ...(maxAgeHours === (connection.maxAgeHours ?? null) || maxAgeHours === undefined ? {} : { maxAgeHours }),
  }
  const hadSshSecret = SshReach.safeParse(connection.profile['ssh']).data?.hasSecret === true
  const isChanged =
    Object.keys(limits).length > 0 ||
    !isReadable ||
    sshSecret !== '' ||
    formState.isDirty ||
    environment !== connection.environment ||
    goalHours !== connection.goalHours ||
    isReplacing
  const close = () => (isChanged && !isLeaving ? setLeaving(true) : onClose())
  const send = async (valid: ConnectionForm) => {
    if (goalHours === null || !isReadable) return
    const saved = await save.run(() =>
      call('connections.edit', {
        connection: connection.id,
        name: valid.name,
        environment,
        goalHours,
        ...limits,
        profile: editedProfileOf(valid, connection.profile),
        ...given(sshSecretOf(valid, sshSecret, hadSshSecret)),
        ...(secret === null ? {} : { secret }),
      }),
    )
    if (saved === null) return
    await queryClient.invalidateQueries()
    onClose()
  }
  const test = (valid: ConnectionForm) =>
    probe.run(() =>
      call('connections.probe', {
        connection: connection.id,
        engine: connection.engine,
        profile: editedProfileOf(valid, connection.profile),
        secret,
        sshSecret: sshSecretOf(valid, sshSecret, hadSshSecret),
      }),
    )
  const retest = () => void handleSubmit(test)()
  return (
    <Dialog
      title={`Edit ${connection.name}`}
      role="alertdialog"
      isOpen
      isWide
      onClose={close}
      footer={
        <>
          <span className="flex-1 text-sm text-ink-3" aria-live="polite">
            {isChanged ? null : 'Nothing is changed yet.'}
          </span>
          <Button onPress={close}>{isLeaving ? 'Discard the changes' : 'Cancel'}</Button>
          <Button isPending={probe.tried.state === 'pending'} onPress={retest}>
            Test
          </Button>
          <Button
            variant="primary"
            type="submit"
            form="edit-connection"
            isDisabled={!isChanged}
            isPending={save.tried.state === 'pending'}
          >
            Save
          </Button>
        </>
      }
    >
      {isLeaving ? (
        <Callout
          tone="warn"
          word="Not saved"
          isAlert
          actions={
            <Button size="sm" onPress={() => setLeaving(false)}>
              Go on editing
            </Button>
          }
        >
          What was changed here is not saved yet.
        </Callout>
      ) : null}
      <form
        id="edit-connection"
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          void handleSubmit(send)(event)
        }}
      >
        <FormText control={control} name="name" label="Name" />
        <div className="grid grid-cols-2 items-start gap-3 max-sm:grid-cols-1">
          <Select
            label="Environment"
            value={environment}
            onChange={setEnvironment}
            options={Environment.options.map((value) => ({ value, label: value }))}
          />
          <TextField
            label="Goal in hours"
            value={goal}
            onChange={setGoal}
            inputMode="decimal"
            description="The newest good backup is to be younger than this."
            error={goalHours === null ? 'A number of hours from 1 to 8784.' : undefined}
          />
        </div>
        <div className="grid grid-cols-2 items-start gap-3 max-sm:grid-cols-1">
          <TextField
            label="Smallest size of a good backup"
            value={size}
            onChange={setSize}
            placeholder="No limit"
            description="As stored: 500 KB, 20 MB, 1 GB. Every check of a backup asks for it."
            error={minSizeBytes === undefined ? 'A size is written like 500 KB or 20 MB.' : undefined}
          />
          <TextField
            label="Greatest age of a good backup, in hours"
            value={age}
            onChange={setAge}
            inputMode="numeric"
            placeholder="No limit"
            description="An older backup fails its check."
            error={maxAgeHours === undefined ? 'A whole number of hours, up to ten years.' : undefined}
          />
        </div>
        <ProfileFields control={control} engine={connection.engine} />
        {connection.engine === 'sqlite' ? null : (
          <SshFields
            control={control}
            setValue={setValue}
            secret={sshSecret}
            onSecret={setSshSecret}
            hasStoredSecret={hadSshSecret}
          />
        )}
        {connection.engine === 'sqlite' ? null : (
          <div className="flex flex-col gap-2">
            <Checkbox
              isSelected={isReplacing}
              onChange={(replacing) => {
                setReplacing(replacing)
                setPassword('')
              }}
              description={`Now: ${passwordText(connection, secrets.data?.store)}. It can not be shown.`}
            >
              Replace the password
            </Checkbox>
            {isReplacing ? (
              <PasswordField
                label="New password"
                value={password}
                onChange={setPassword}
                description="Left empty: none is used any more, and the stored one is deleted."
              />
            ) : null}
          </div>
        )}
      </form>
      {probe.tried.state === 'failed' ? (
        <TestFailure
          engine={connection.engine}
          error={probe.tried.error}
          isTunnelled={form.sshBy !== 'none'}
          onRetry={retest}
        />
      ) : null}
      {probe.tried.state === 'done' ? (
        <Callout tone="ok" word="Connected" isAlert>
          {probe.tried.data.product} {probe.tried.data.version} answered.
        </Callout>
      ) : null}
      {save.tried.state === 'failed' ? <ErrorNotice error={save.tried.error} word="Not saved" /> : null}
      {isChanged && goalHours !== null && isReadable ? (
        <CliEquivalent
          command={editCommand(connection, form, environment, goalHours, isReplacing && password === '', limits)}
        />
      ) : null}
    </Dialog>
  )
}

function given(sshSecret: SecretInput | null): { readonly sshSecret?: SecretInput } {
  return sshSecret === null ? {} : { sshSecret }
}
