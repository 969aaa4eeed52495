import { useMethod } from '../../lib/api.ts'
import { Section } from '../../ui/box.tsx'
import { Code } from '../../ui/code.tsx'

/** How an account is made that can back up and change nothing; nothing where the engine has no accounts. */
export function BackupAccount({ connection }: { readonly connection: string }) {
  const account = useMethod('connections.backupAccount', { connection })
  if (account.data === undefined || account.data.statements.length === 0) return null
  return (
    <Section title="An account for backups alone" note="For a superuser to run once, in psql">
      <p className="mt-0 mb-2 text-ink-2">
        It can read the whole database and change nothing. Restores need more: an owner, or a role that may create
        databases.
      </p>
      <Code label="the statements">{account.data.statements.join('\n')}</Code>
    </Section>
  )
}
