import { usualReasons, type KeyStatus } from '../../../preload/contract/index.ts'
import { Button, LinkButton } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Checkbox, Choices, TextField } from '../../ui/fields.tsx'
import { Say } from '../../ui/page.tsx'
import { presets, type BackUpAnswers, type PresetName } from './draft.ts'

const presetNames: readonly PresetName[] = ['fast', 'normal', 'small']

/** How it is packed, and what it is for. */
export function HowStep({
  answers,
  keys,
  onChange,
}: {
  readonly answers: BackUpAnswers
  readonly keys: KeyStatus
  readonly onChange: (changes: Partial<BackUpAnswers>) => void
}) {
  return (
    <>
      <Say small="Whatever is chosen, the backup opens with stock tools: age, zstd, and the database's own.">
        How is it packed?
      </Say>
      <Choices
        label="Compression"
        value={answers.preset}
        onChange={(preset) => onChange({ preset })}
        options={presetNames.map((value) => ({ value, label: presets[value].label, note: presets[value].note }))}
      />
      <Encryption answers={answers} keys={keys} onChange={onChange} />
      <div className="flex flex-col gap-2">
        <TextField
          label="Why this backup (optional)"
          value={answers.description}
          onChange={(description) => onChange({ description })}
          rows={2}
        />
        <div className="flex flex-wrap gap-1.5" role="group" aria-label="Usual reasons">
          {usualReasons.map((reason) => (
            <Button key={reason} size="sm" onPress={() => onChange({ description: reason })}>
              {reason}
            </Button>
          ))}
        </div>
      </div>
      <TextField
        label="Name (optional)"
        value={answers.name}
        onChange={(name) => onChange({ name })}
        description="For people; lists show it beside the time."
      />
    </>
  )
}

function Encryption({
  answers,
  keys,
  onChange,
}: {
  readonly answers: BackUpAnswers
  readonly keys: KeyStatus
  readonly onChange: (changes: Partial<BackUpAnswers>) => void
}) {
  if (keys.isKitVerified) {
    return (
      <Checkbox
        isSelected={!answers.isEncryptionLeftOut}
        onChange={(isOn) => onChange({ isEncryptionLeftOut: !isOn })}
        description="With the key of your recovery kit. Without the kit nobody reads it, you included."
      >
        Encrypt it
      </Checkbox>
    )
  }
  return (
    <Callout
      tone="warn"
      word="Not encrypted"
      actions={
        <LinkButton size="sm" href="/settings?section=keys">
          {keys.fingerprint === null ? 'Make a recovery kit' : 'Verify the recovery kit'}
        </LinkButton>
      }
    >
      {keys.fingerprint === null
        ? 'There is no key yet. Once a recovery kit is saved and verified, every backup is encrypted.'
        : 'There is a key, but its recovery kit was not verified: a backup that nobody can open would be none.'}
    </Callout>
  )
}
