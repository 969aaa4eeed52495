import { useState } from 'react'
import { toAppError, type Connection } from '../../../preload/contract/index.ts'
import { useAction } from '../../lib/api.ts'
import { cliCommand } from '../../lib/cli-command.ts'
import { Section } from '../../ui/box.tsx'
import { Button } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { TextField } from '../../ui/fields.tsx'
import { CliEquivalent } from '../commands/cli-equivalent.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { formOf, isUnverified } from './profile.ts'

/**
 * The standing warning of a connection without verified TLS. On production nothing is backed up or restored through it, until somebody
 * accepts it with a reason. Nothing where it is protected.
 */
export function UnverifiedTls({ connection }: { readonly connection: Connection }) {
  const form = formOf(connection)
  const edit = useAction('connections.edit')
  const [typed, setTyped] = useState('')
  if (!isUnverified(form)) return null
  const { id, name, environment, profile } = connection
  const accepted = typeof profile['acceptedUnverifiedTls'] === 'string' ? profile['acceptedUnverifiedTls'] : null
  const isBlocked = environment === 'production' && accepted === null
  const reason = typed.trim()
  const accept = (given: string | null) =>
    edit.mutate({ connection: id, acceptUnverifiedTls: given }, { onSuccess: () => setTyped('') })
  return (
    <Section title="On the way to the server">
      <div className="flex flex-col gap-3">
        <Callout tone={isBlocked ? 'bad' : 'warn'} word={isBlocked ? 'Blocked' : 'TLS not verified'}>
          What is sent to {form.host} could be read or changed on its way: nobody checks who answers (TLS mode{' '}
          {form.tls}).{' '}
          {isBlocked
            ? 'This is production, so nothing is backed up or restored through it until that is accepted with a reason.'
            : null}
          {accepted === null ? null : (
            <>
              {' '}
              Accepted: <strong className="font-semibold">{accepted}</strong>
            </>
          )}
        </Callout>
        <p className="m-0 text-ink-2">
          The TLS mode verify-full mends it, or an SSH tunnel: both are set with Edit.
          {isBlocked
            ? ' Otherwise the reason stands in the audit log and in each warning, for this server and this way alone.'
            : ''}
        </p>
        {isBlocked ? (
          <div className="flex flex-wrap items-end gap-2.5">
            <TextField
              label="Why it is accepted"
              value={typed}
              onChange={setTyped}
              className="min-w-56 flex-1"
              placeholder="A cable between two machines in one rack"
            />
            <Button
              variant="danger"
              isDisabled={reason === ''}
              isPending={edit.isPending}
              onPress={() => accept(reason)}
            >
              Accept unverified TLS
            </Button>
            {reason === '' ? (
              <span className="w-full text-sm text-ink-3">Available when a reason is written.</span>
            ) : null}
          </div>
        ) : null}
        {accepted === null ? null : (
          <div>
            <Button isPending={edit.isPending} onPress={() => accept(null)}>
              Take the acceptance back
            </Button>
          </div>
        )}
        {edit.error === null ? null : <ErrorNotice error={toAppError(edit.error)} word="Not saved" />}
        {isBlocked || accepted !== null ? (
          <CliEquivalent
            command={cliCommand(['connection', 'edit', name], {
              'accept-unverified-tls': accepted === null ? reason || '<reason>' : null,
              'demand-verified-tls': accepted !== null,
            })}
          />
        ) : null}
      </div>
    </Section>
  )
}
