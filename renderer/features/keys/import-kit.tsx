import { useState } from 'react'
import type { PickedPath } from '../../../preload/contract/index.ts'
import { useAction } from '../../lib/api.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { TextField } from '../../ui/fields.tsx'
import { Say } from '../../ui/page.tsx'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { PathField } from '../paths/path-field.tsx'
import { KeyForm } from './key-form.tsx'

/** Takes over the key of another installation from its kit. */
export function ImportKit({ onImported }: { readonly onImported: () => void }) {
  const take = useAction('keys.import')
  const [kit, setKit] = useState<PickedPath | null>(null)
  const [passphrase, setPassphrase] = useState('')
  const missing = kit === null ? 'Choose the kit.' : passphrase === '' ? 'Type its passphrase.' : null
  return (
    <>
      <Say small="Backups that were encrypted with it can then be opened here, and are known as yours.">
        Take over a key from its recovery kit.
      </Say>
      <KeyForm
        label="Take it over"
        missing={missing}
        isPending={take.isPending}
        error={take.error}
        onSend={() => {
          if (kit !== null) take.mutate({ kit: { picked: kit.picked }, passphrase }, { onSuccess: onImported })
        }}
      >
        <PathField
          label="The kit"
          description="The file holdfast-kit.age."
          request={{ purpose: 'open', title: 'Choose the recovery kit', suggestedName: null }}
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
      <CliEquivalent command={cliCommand(['key', 'import'], { kit: kit?.path ?? 'FILE' })} />
    </>
  )
}
