import { toAppError, type SecretsStatus } from '../../../preload/contract/index.ts'
import { useAction, useMethod } from '../../lib/api.ts'
import { Box, Facts } from '../../ui/box.tsx'
import { Button } from '../../ui/button.tsx'
import { Say } from '../../ui/page.tsx'
import { Status } from '../../ui/status.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { QueryState } from '../errors/query-state.tsx'

const stores: Readonly<Record<SecretsStatus['store'], string>> = {
  keychain: 'Keychain of the system',
  vault: 'Encrypted file with a passphrase',
}

/** Where passwords and keys are kept, and how to open it. */
export function VaultSection() {
  const status = useMethod('secrets.status', {})
  return (
    <QueryState query={status} what="where passwords are kept">
      {(found) => <Vault status={found} />}
    </QueryState>
  )
}

function Vault({ status }: { readonly status: SecretsStatus }) {
  const unlock = useAction('secrets.unlock')
  const isReady = status.state === 'ready'
  return (
    <>
      <Say small="Passwords of connections and the key of the backups go in once and are never shown again.">
        {status.sentence}
      </Say>
      <Box padded className="max-w-2xl">
        <Facts
          facts={[
            ['Kept in', stores[status.store]],
            [
              'State',
              <Status key="state" tone={isReady ? 'ok' : status.state === 'locked' ? 'warn' : 'none'}>
                {isReady ? 'Open' : status.state === 'locked' ? 'Locked' : 'Not yet'}
              </Status>,
            ],
          ]}
        />
      </Box>
      {isReady ? null : (
        <div className="flex flex-wrap items-center gap-3">
          <Button variant="primary" isPending={unlock.isPending} onPress={() => unlock.mutate({})}>
            {status.state === 'locked' ? 'Unlock…' : 'Create it…'}
          </Button>
          <span className="text-sm text-ink-3">
            {status.store === 'vault'
              ? 'A passphrase is asked for. Jobs that need a password wait until it is open.'
              : 'The keychain is asked again. Jobs that need a password wait until it answers.'}
          </span>
        </div>
      )}
      {unlock.error === null ? null : <ErrorNotice error={toAppError(unlock.error)} />}
    </>
  )
}
