import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { PickedPath } from '../../../preload/contract/index.ts'
import { useMethod } from '../../lib/api.ts'
import { QueryState } from '../errors/query-state.tsx'
import { CreateKit } from './create-kit.tsx'
import { ImportKit } from './import-kit.tsx'
import { KeyState } from './key-state.tsx'
import { ProveKit } from './prove-kit.tsx'

/** What was just done with the key, to be said on the page. */
export type KeyDone = 'proven' | 'imported'

/** The key that encrypts backups, and its recovery kit: `step` is `create`, `prove`, `import`, or none. */
export function KeysSection({ step }: { readonly step: string | undefined }) {
  const navigate = useNavigate()
  const status = useMethod('keys.status', {})
  // A path that was picked is known for this session: after a reload the kit is chosen once more.
  const [created, setCreated] = useState<PickedPath | null>(null)
  const [done, setDone] = useState<KeyDone | null>(null)
  const goTo = (next: string | undefined) =>
    void navigate({
      to: '/settings',
      search: { section: 'keys', ...(next === undefined ? {} : { step: next }) },
      replace: true,
    })
  const finish = (what: KeyDone) => {
    setCreated(null)
    setDone(what)
    goTo(undefined)
  }
  return (
    <QueryState query={status} what="the key">
      {(found) => {
        if (step === 'create') {
          return (
            <CreateKit
              hasKey={found.fingerprint !== null}
              onCreated={(kit) => {
                setCreated(kit)
                goTo('prove')
              }}
            />
          )
        }
        if (step === 'prove') return <ProveKit created={created} onProven={() => finish('proven')} />
        if (step === 'import') return <ImportKit onImported={() => finish('imported')} />
        return <KeyState status={found} done={done} />
      }}
    </QueryState>
  )
}
