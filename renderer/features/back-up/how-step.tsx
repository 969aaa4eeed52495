import { usualReasons, type EngineChoices, type KeyStatus } from '../../../preload/contract/index.ts'
import { Button, LinkButton } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Checkbox, TextField } from '../../ui/fields.tsx'
import { Say } from '../../ui/page.tsx'
import { CompressionField } from './compression-field.tsx'
import type { BackUpAnswers } from './draft.ts'
import { FormatField } from './format-field.tsx'

/** How it is packed, and what it is for. */
export function HowStep({
  answers,
  engine,
  keys,
  onChange,
}: {
  readonly answers: BackUpAnswers
  readonly engine: EngineChoices
  readonly keys: KeyStatus
  readonly onChange: (changes: Partial<BackUpAnswers>) => void
}) {
  return (
    <>
      <Say small="Whatever is chosen, the backup opens with stock tools: age, zstd, and the database's own.">
        How is it packed?
      </Say>
      <FormatField engine={engine} answers={answers} onChange={onChange} />
      <CompressionField answers={answers} onChange={onChange} />
      <Encryption answers={answers} keys={keys} onChange={onChange} />
      {engine.hasRoles ? (
        <RolePasswords
          isEncrypted={keys.isKitVerified && !answers.isEncryptionLeftOut}
          isLeftOut={answers.areRolePasswordsLeftOut}
          onChange={(areRolePasswordsLeftOut) => onChange({ areRolePasswordsLeftOut })}
        />
      ) : null}
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

/** What the server keeps of the passwords of its roles: sealed with the backup, or not at all. */
function RolePasswords({
  isEncrypted,
  isLeftOut,
  onChange,
}: {
  readonly isEncrypted: boolean
  readonly isLeftOut: boolean
  readonly onChange: (isLeftOut: boolean) => void
}) {
  if (!isEncrypted) {
    return (
      <p className="m-0 text-ink-2">
        Passwords of roles are not kept: they never stand in a backup that is not encrypted. After a restore on another
        server they have to be set anew.
      </p>
    )
  }
  return (
    <Checkbox
      isSelected={!isLeftOut}
      onChange={(isOn) => onChange(!isOn)}
      description="Where the account may read them. Whoever opens the backup has what the server checks passwords against, of every role."
    >
      Keep the passwords of roles, sealed
    </Checkbox>
  )
}
