import { useState } from 'react'
import type { PickedPath } from '../../../preload/contract/index.ts'
import { useAction } from '../../lib/api.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { TextField } from '../../ui/fields.tsx'
import { Say } from '../../ui/page.tsx'
import { Steps } from '../../ui/steps.tsx'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { PathField } from '../paths/path-field.tsx'
import { keySteps } from './create-kit.tsx'
import { KeyForm } from './key-form.tsx'

/** Opens the saved kit with the passphrase, as one would on the day when it is needed. */
export function ProveKit({
  created,
  onProven,
}: {
  /** The kit that was just saved; null: an older one is proven. */
  readonly created: PickedPath | null
  readonly onProven: () => void
}) {
  const verify = useAction('keys.verify')
  const [kit, setKit] = useState(created)
  const [passphrase, setPassphrase] = useState('')
  const missing = kit === null ? 'Choose the kit.' : passphrase === '' ? 'Type the passphrase.' : null
  return (
    <>
      <Say small="The kit is read from where it lies and opened with what you type. Then it decrypts something that the key has encrypted.">
        Prove that the kit opens with your passphrase.
      </Say>
      <Steps steps={keySteps} current={1} />
      <KeyForm
        label="Prove it"
        missing={missing}
        isPending={verify.isPending}
        error={verify.error}
        onSend={() => {
          if (kit !== null) verify.mutate({ kit: { picked: kit.picked }, passphrase }, { onSuccess: onProven })
        }}
      >
        <PathField
          label="Folder of the kit"
          request={{ purpose: 'folder', title: 'Choose the folder of the recovery kit', suggestedName: null }}
          value={kit}
          onChange={setKit}
        />
        <TextField
          label="Passphrase of the kit"
          type="password"
          autoComplete="current-password"
          value={passphrase}
          onChange={setPassphrase}
        />
      </KeyForm>
      <CliEquivalent command={cliCommand(['key', 'verify'], { kit: kit?.path ?? 'FOLDER' })} />
    </>
  )
}
