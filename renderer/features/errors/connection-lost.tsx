import { useEffect, useState } from 'react'
import { transport } from '../../lib/api.ts'
import { Callout } from '../../ui/callout.tsx'

/** Says that the application can't be reached, while that is so. */
export function ConnectionLost() {
  const [isConnected, setConnected] = useState(true)
  useEffect(() => transport.watchConnection(setConnected), [])
  if (isConnected) return null
  return (
    <div className="sticky top-0 z-30 p-2">
      <Callout tone="bad" word="Not connected" isAlert>
        Holdfast does not answer. What is shown is from before; this page goes on by itself as soon as Holdfast is back.
        Jobs that were running may have ended.
      </Callout>
    </div>
  )
}
