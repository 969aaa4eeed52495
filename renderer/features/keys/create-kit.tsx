import { useState } from 'react'
import type { PickedPath } from '../../../preload/contract/index.ts'
import { useAction } from '../../lib/api.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { TextField } from '../../ui/fields.tsx'
import { Say } from '../../ui/page.tsx'
import { Steps } from '../../ui/steps.tsx'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { PathField } from '../paths/path-field.tsx'
import { KeyForm } from './key-form.tsx'
import { missingOfPassphrase } from './passphrase.ts'

/** The steps from no key to one that is saved and proven. */
export const keySteps = ['Create and save', 'Prove'] as const

/** Makes the key and saves its recovery kit. `onCreated` is told where the kit lies. */
export function CreateKit({
  hasKey,
  onCreated,
}: {
  /** Whether there is a key: then only another kit of it is saved. */
  readonly hasKey: boolean
  readonly onCreated: (kit: PickedPath) => void
}) {
  const create = useAction('keys.create')
  const [folder, setFolder] = useState<PickedPath | null>(null)
  const [passphrase, setPassphrase] = useState('')
  const [again, setAgain] = useState('')
  const missing = folder === null ? 'Choose a folder.' : missingOfPassphrase(passphrase, again)
  return (
    <>
      <Say small="The kit is one small file under a passphrase, and a page to print that says how to use it. With both, every backup can be opened on any machine, without Holdfast. Without them, nobody can, should this machine be lost.">
        {hasKey ? 'Save a recovery kit of your key.' : 'Create the key and save its recovery kit.'}
      </Say>
      <Steps steps={keySteps} current={0} />
      <KeyForm
        label={hasKey ? 'Save the kit' : 'Create and save'}
        missing={missing}
        isPending={create.isPending}
        error={create.error}
        onSend={() => {
          if (folder === null) return
          create.mutate({ kitDirectory: { picked: folder.picked }, passphrase }, { onSuccess: () => onCreated(folder) })
        }}
      >
        <PathField
          label="Where the kit is saved"
          description="Best is a place away from this machine: a stick, or a folder that is copied elsewhere. Nothing is overwritten."
          request={{ purpose: 'folder', title: 'Choose a folder for the recovery kit', suggestedName: null }}
          value={folder}
          onChange={setFolder}
        />
        <TextField
          label="Passphrase of the kit"
          type="password"
          autoComplete="new-password"
          value={passphrase}
          onChange={setPassphrase}
          description="At least 8 characters; some words in a row are good. Nobody can recover it. Keep it apart from the kit."
        />
        <TextField
          label="The same again"
          type="password"
          autoComplete="new-password"
          value={again}
          onChange={setAgain}
        />
      </KeyForm>
      <CliEquivalent command={cliCommand(['key', 'create'], { 'recovery-kit': folder?.path ?? 'FOLDER' })} />
    </>
  )
}
