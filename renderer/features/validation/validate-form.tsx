import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import {
  toAppError,
  ValidationLevel,
  validationLevels,
  type BackupDetail,
  type Connection,
} from '../../../preload/contract/index.ts'
import { useAction, useMethod } from '../../lib/api.ts'
import { formatBytes } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { Choices, TextField } from '../../ui/fields.tsx'
import { Say } from '../../ui/page.tsx'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { levels } from '../words/words.tsx'
import { problemOf, scratchOptions, validateCommand, validateRequest } from './run-options.ts'

/** How far a backup is to be checked, and for a restore test where. Level and place are in the address. */
export function ValidateForm({
  backup,
  connections,
  platform,
}: {
  readonly backup: BackupDetail
  readonly connections: readonly Connection[]
  readonly platform: string
}) {
  const search = useSearch({ from: '/backups/$backup/validate' })
  const navigate = useNavigate()
  const start = useAction('backups.validate')
  const [consent, setConsent] = useState('')
  const status = useMethod('status.get', {})
  const wanted = ValidationLevel.safeParse(search.level)
  const level = wanted.success ? wanted.data : 'restore'
  const ownId = connections.find(({ id }) => id === backup.connectionId)?.id ?? null
  const options = scratchOptions({ engine: backup.engine, ownId, connections, platform })
  const scratch = options.find(({ value }) => (value ?? 'own') === search.scratch) ?? options[0] ?? null
  const isNowhere = level === 'restore' && backup.engine !== 'sqlite' && options.length === 0
  const waits = isNowhere ? 'It needs a server to restore into.' : problemOf(level, scratch, consent)
  const seconds = status.data?.databases.find((each) => each.connectionId === ownId)?.restoreSeconds ?? null
  const show = (changes: { level?: string; scratch?: string }) =>
    void navigate({
      to: '/backups/$backup/validate',
      params: { backup: backup.id },
      search: { ...search, ...changes },
      replace: true,
    })
  const submit = () =>
    start.mutate(validateRequest(backup.id, level, scratch, consent), {
      onSuccess: ({ jobId }) =>
        void navigate({
          to: '/backups/$backup/validate',
          params: { backup: backup.id },
          search: { level, job: jobId },
          replace: true,
        }),
    })
  return (
    <>
      <Say small="Each level includes all before it. Intact is not yet proven: only the last one restores.">
        How far is this backup checked?
      </Say>
      <Choices
        label="Level"
        value={level}
        onChange={(chosen) => show({ level: chosen })}
        options={validationLevels.map((each) => ({
          value: each,
          label: levels[each].name,
          note: `${levels[each].proves} ${costsOf(each, backup, seconds)}`,
        }))}
      />
      {level === 'restore' && options.length > 0 ? (
        <Choices
          label="Where it is restored for the test"
          value={scratch === null ? null : (scratch.value ?? 'own')}
          onChange={(value) => show({ scratch: value })}
          options={options.map(({ value, label, note }) => ({ value: value ?? 'own', label, note }))}
        />
      ) : null}
      {level === 'restore' && backup.engine === 'sqlite' ? (
        <p className="m-0 text-ink-2">It is restored into a temporary file, which is deleted afterwards.</p>
      ) : null}
      {isNowhere ? (
        <Callout tone="warn" word="No server">
          A restore test of this backup needs a connection to a server of its kind.
        </Callout>
      ) : null}
      {level === 'restore' && scratch?.isProduction === true ? (
        <TextField
          label="Why it may run on a production server"
          value={consent}
          onChange={setConsent}
          rows={2}
          description="Goes to the audit log with your name. Nothing outside of the test's own database is created, changed or dropped."
        />
      ) : null}
      <CliEquivalent command={validateCommand(backup.id, level, scratch, consent)} />
      {start.error === null ? null : <ErrorNotice error={toAppError(start.error)} word="Not started" />}
      <div className="flex flex-wrap items-center gap-3">
        <Button variant="primary" isDisabled={waits !== null} isPending={start.isPending} onPress={submit}>
          {level === 'restore' ? 'Start the restore test' : `Check: ${levels[level].name.toLowerCase()}`}
        </Button>
        <span className="text-ink-2" aria-live="polite">
          {waits}
        </span>
      </div>
    </>
  )
}

function costsOf(
  level: ValidationLevel,
  { artifactBytes, plaintextBytes, copies }: BackupDetail,
  restoreSeconds: { readonly low: number; readonly high: number } | null,
): string {
  const stored = copies.filter(({ state }) => state === 'stored').length
  if (level === 'presence' || artifactBytes === null) return levels[level].costs
  if (level === 'restore') {
    const room = plaintextBytes === null ? '' : ` Needs about ${formatBytes(plaintextBytes * 2.5)} of room.`
    const before =
      restoreSeconds === null ? '' : ` The last ones took up to ${String(Math.ceil(restoreSeconds.high))} s.`
    return `${levels[level].costs}${room}${before}`
  }
  return `${levels[level].costs} That is ${formatBytes(artifactBytes * Math.max(1, stored))}.`
}
