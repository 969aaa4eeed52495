import type { Connection } from '../../../../preload/contract/index.ts'
import { useMethod } from '../../../lib/api.ts'
import { LinkButton } from '../../../ui/button.tsx'
import { Callout } from '../../../ui/callout.tsx'
import { Say } from '../../../ui/page.tsx'
import { BackupAccount } from '../backup-account.tsx'
import { EnvironmentTag } from '../../words/environment-tag.tsx'

/** What became of it: where the password went, and the first backup. */
export function Saved({ connection }: { readonly connection: Connection }) {
  const secrets = useMethod('secrets.status', {})
  const where =
    secrets.data?.store === 'keychain' ? 'the keychain of the system' : 'the vault, an encrypted file of Holdfast'
  return (
    <>
      <Say small="It has no backup yet: it is not protected before the first one is taken.">
        {connection.name} is saved.
      </Say>
      <Callout tone="ok" word="Saved">
        <strong className="font-semibold">{connection.name}</strong>
        <EnvironmentTag environment={connection.environment} />{' '}
        {connection.secret.from === 'store' && secrets.data !== undefined
          ? `Its password is in ${where}; it is not in the catalog, in logs or on a command line.`
          : connection.engine === 'sqlite'
            ? 'A file needs no password.'
            : 'No password was stored.'}
      </Callout>
      <BackupAccount connection={connection.id} />
      <div className="flex flex-wrap gap-2">
        <LinkButton variant="primary" href={`/back-up?connection=${connection.id}`}>
          Back up now
        </LinkButton>
        <LinkButton href={`/connections/${connection.id}`}>Show the connection</LinkButton>
        <LinkButton href="/connections/new">Add another</LinkButton>
      </div>
    </>
  )
}
