import { useNavigate } from '@tanstack/react-router'
import { toAppError } from '../../../preload/contract/index.ts'
import { useAction } from '../../lib/api.ts'
import { Button, LinkButton } from '../../ui/button.tsx'
import { Empty } from '../../ui/page.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'

/** The way to the first connection, or to the sample database. */
export function NoConnections() {
  const navigate = useNavigate()
  const sample = useAction('sample.create')
  const backUp = ({ id }: { readonly id: string }) => navigate({ to: '/back-up', search: { connection: id } })
  return (
    <>
      <Empty
        title="No database is known yet."
        actions={
          <>
            <LinkButton variant="primary" href="/connections/new">
              Add a connection
            </LinkButton>
            <Button
              isPending={sample.isPending}
              // The page changes as soon as there is a connection: what follows must not depend on this part of it.
              onPress={() => void sample.mutateAsync({}).then(backUp, () => undefined)}
            >
              Use the sample database
            </Button>
          </>
        }
      >
        A connection says where a database is and how it is reached. The password goes into the keychain or an encrypted
        vault. The sample database is a small shop in a file of its own.
      </Empty>
      {sample.error === null ? null : <ErrorNotice error={toAppError(sample.error)} />}
    </>
  )
}
