import type { Destination } from '../../../preload/contract/index.ts'
import { toAppError } from '../../../preload/contract/index.ts'
import { useMethod } from '../../lib/api.ts'
import { Status } from '../../ui/status.tsx'

/** Tries a destination (writes, reads and deletes a small object) and keeps the answer. */
export function useHealth(destination: Destination) {
  return useMethod('destinations.test', { destination: destination.id }, { keepPrevious: true })
}

/** Whether backups can be kept there now, in a word, and what is wrong. */
export function HealthWord({ health }: { readonly health: ReturnType<typeof useHealth> }) {
  if (health.error !== null) {
    const { message, remedy } = toAppError(health.error)
    return (
      <>
        <Status tone="bad">Does not work</Status>
        <span className="block max-w-[360px] text-sm whitespace-normal text-ink-2">
          {message} {remedy}
        </span>
      </>
    )
  }
  if (health.data === undefined) return <Status tone="running">Testing</Status>
  if (health.data.warnings.length === 0) return <Status tone="ok">Works</Status>
  return (
    <>
      <Status tone="warn">Works, with warnings</Status>
      <span className="block max-w-[360px] text-sm whitespace-normal text-ink-2">
        {health.data.warnings.map(({ message }) => message).join(' ')}
      </span>
    </>
  )
}
