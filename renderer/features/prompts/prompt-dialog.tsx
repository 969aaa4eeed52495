import { useEffect, useState } from 'react'
import { toAppError, type Prompt } from '../../../preload/contract/index.ts'
import { call, transport, useAction } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/fields.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'

const titles: Readonly<Record<Prompt['purpose'], string>> = {
  'create-vault': 'Choose a passphrase for the vault',
  'unlock-vault': 'Unlock the vault',
}

/** Comes up whenever the application waits for a passphrase, in every window at once. */
export function PromptDialog() {
  const [prompts, setPrompts] = useState<readonly Prompt[]>([])
  useEffect(() => {
    let isGone = false
    const load = () =>
      void call('prompts.list', {}).then(
        (list) => {
          if (!isGone) setPrompts(list)
        },
        // The shell says that the application can't be reached.
        () => undefined,
      )
    const stops = [
      transport.subscribe('prompts.changed', (changed) => setPrompts(changed.prompts)),
      transport.watchConnection((state) => {
        if (state === 'connected') load()
      }),
    ]
    return () => {
      isGone = true
      for (const stop of stops) stop()
    }
  }, [])
  const [prompt] = prompts
  return prompt === undefined ? null : <Ask key={prompt.id} prompt={prompt} />
}

function Ask({ prompt }: { readonly prompt: Prompt }) {
  const answer = useAction('prompts.answer')
  const [value, setValue] = useState('')
  const [again, setAgain] = useState('')
  const isNew = prompt.purpose === 'create-vault'
  const missing =
    value === '' ? 'Type the passphrase.' : isNew && again !== value ? 'The two are not the same yet.' : null
  const send = (given: string | null) => answer.mutate({ id: prompt.id, value: given })
  return (
    <Dialog
      title={titles[prompt.purpose]}
      isOpen
      role="alertdialog"
      onClose={() => send(null)}
      footer={
        <>
          <span className="flex-1 text-sm text-ink-3" aria-live="polite">
            {missing}
          </span>
          <Button onPress={() => send(null)}>Not now</Button>
          <Button
            variant="primary"
            isDisabled={missing !== null}
            isPending={answer.isPending}
            onPress={() => send(value)}
          >
            {isNew ? 'Create the vault' : 'Unlock'}
          </Button>
        </>
      }
    >
      <p className="m-0 text-ink-2">{prompt.text}</p>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          if (missing === null) send(value)
        }}
      >
        <TextField
          label="Passphrase"
          type="password"
          autoComplete={isNew ? 'new-password' : 'current-password'}
          value={value}
          onChange={setValue}
          autoFocus
        />
        {isNew ? (
          <TextField
            label="The same again"
            type="password"
            autoComplete="new-password"
            value={again}
            onChange={setAgain}
            description="Nobody can recover it. Keep it where it is safe."
          />
        ) : null}
        {answer.error === null ? null : <ErrorNotice error={toAppError(answer.error)} word="Not answered" />}
        {/* Lets Enter send the form. */}
        <button type="submit" hidden aria-label={titles[prompt.purpose]} />
      </form>
    </Dialog>
  )
}
