import { useState, type ReactNode } from 'react'
import type { Connection } from '../../../preload/contract/index.ts'
import { useMethod } from '../../lib/api.ts'
import { Button, LinkButton, TextLink } from '../../ui/button.tsx'
import { Section } from '../../ui/box.tsx'
import { Page, Say } from '../../ui/page.tsx'
import { EnvironmentTag } from '../words/environment-tag.tsx'
import { DatabaseStateWord } from '../words/words.tsx'
import { ConnectionFacts } from './connection-facts.tsx'
import { BackupAccount } from './backup-account.tsx'
import { ConnectionTest } from './connection-test.tsx'
import { HooksView } from './hooks-view.tsx'
import { UnverifiedTls } from './unverified-tls.tsx'
import { worstOf } from './protection.ts'
import { RemoveConnection } from './remove-connection.tsx'

/** A connection with all that can be done with it. */
export function ConnectionView({ connection, crumb }: { readonly connection: Connection; readonly crumb: ReactNode }) {
  const [isRemoving, setRemoving] = useState(false)
  const status = useMethod('status.get', {})
  const worst = worstOf(status.data, connection.id)
  const { id, name, environment } = connection
  return (
    <Page
      title={name}
      crumb={crumb}
      actions={
        <>
          <LinkButton href={`/connections/${id}?edit=true`}>Edit</LinkButton>
          <LinkButton href={`/restore?connection=${id}`}>Restore</LinkButton>
          <LinkButton variant="primary" href={`/back-up?connection=${id}`}>
            Back up
          </LinkButton>
        </>
      }
    >
      <Say
        small={
          <span className="flex flex-wrap items-center gap-x-3">
            {worst === null ? null : <DatabaseStateWord state={worst.state} />}
            <TextLink href={`/backups?connection=${id}`}>Its backups</TextLink>
          </span>
        }
      >
        {worst === null ? `${name} has no backup yet.` : worst.sentence}
        <EnvironmentTag environment={environment} />
      </Say>
      <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,380px)] items-start gap-5 max-lg:grid-cols-1">
        <div className="flex min-w-0 flex-col gap-5">
          <UnverifiedTls connection={connection} />
          <ConnectionTest connection={connection} />
          <BackupAccount connection={connection.id} />
          <HooksView connection={connection} />
        </div>
        <div className="flex min-w-0 flex-col gap-5">
          <Section title="Settings">
            <ConnectionFacts connection={connection} />
          </Section>
          <Section title="Remove">
            <p className="mt-0 mb-2 text-ink-2">Its backups stay, and the database is not touched.</p>
            <Button onPress={() => setRemoving(true)}>Remove {name}…</Button>
          </Section>
        </div>
      </div>
      {isRemoving ? <RemoveConnection connection={connection} onClose={() => setRemoving(false)} /> : null}
    </Page>
  )
}
