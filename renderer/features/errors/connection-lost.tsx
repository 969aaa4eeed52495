import { useEffect, useState } from 'react'
import { transport } from '../../lib/api.ts'
import type { Reachability } from '../../lib/transport.ts'
import { Callout } from '../../ui/callout.tsx'

const texts: Readonly<Record<Exclude<Reachability, 'connected'>, readonly [word: string, text: string]>> = {
  lost: [
    'Not connected',
    'Holdfast does not answer. What is shown is from before; this page goes on by itself as soon as Holdfast is back. Where it was started anew, open the address that it prints.',
  ],
  'session-ended': [
    'Session ended',
    'Holdfast was started anew. Open the address that it printed in this browser; this page goes on by itself then.',
  ],
}

/** Says that the application can't be reached, while that is so. */
export function ConnectionLost() {
  const [state, setState] = useState<Reachability>('connected')
  useEffect(() => transport.watchConnection(setState), [])
  if (state === 'connected') return null
  const [word, text] = texts[state]
  return (
    <div className="sticky top-0 z-30 p-2">
      <Callout tone="bad" word={word} isAlert>
        {text}
      </Callout>
    </div>
  )
}
