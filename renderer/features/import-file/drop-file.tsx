import { useState } from 'react'
import { DropZone, Text, type DropZoneProps } from 'react-aria-components'
import { AppError, PickedPath, toAppError, type AppErrorData } from '../../../preload/contract/index.ts'

type DropEvent = Parameters<NonNullable<DropZoneProps['onDrop']>>[0]
type Dropped = { readonly ok: true; readonly data: unknown } | { readonly ok: false; readonly error: AppErrorData }

/** A file may be dropped here. That chooses it and does nothing else. A browser gives no path: then it is said. */
export function DropFile({
  onPick,
  onUnknown,
  onError,
}: {
  readonly onPick: (path: PickedPath) => void
  /** A browser: it is known that a file was dropped, and its name, but not where it lies. */
  readonly onUnknown: (name: string) => void
  readonly onError: (error: AppError) => void
}) {
  const [isReading, setReading] = useState(false)
  const take = async ({ items }: DropEvent) => {
    const item = items.find((each) => each.kind === 'file')
    if (item === undefined) {
      onError(new AppError('NOT_A_REGULAR_FILE', 'What was dropped is not a file.', { remedy: 'Drop one dump file.' }))
      return
    }
    const file = await item.getFile()
    const bridge = pathOfDropped()
    if (bridge === null) {
      onUnknown(file.name)
      return
    }
    const answer = await bridge(file)
    if (answer.ok) onPick(PickedPath.parse(answer.data))
    else onError(AppError.fromData(answer.error))
  }
  return (
    <DropZone
      aria-label="Drop a dump file"
      onDrop={(event) => {
        setReading(true)
        void take(event)
          .catch((error: unknown) => onError(toAppError(error)))
          .finally(() => setReading(false))
      }}
      className="focus-ring flex min-h-24 flex-col items-center justify-center rounded-lg border border-dashed border-line-strong px-6 py-5 text-center text-ink-2 data-[drop-target]:border-accent data-[drop-target]:bg-accent-soft forced-colors:data-[drop-target]:border-[Highlight]"
    >
      <Text slot="label">
        {isReading ? 'Looking at the file…' : 'Or drop a file here. Nothing is done with it but to look.'}
      </Text>
    </DropZone>
  )
}

function pathOfDropped(): ((file: File) => Promise<Dropped>) | null {
  const bridge: unknown = window.holdfast
  if (typeof bridge !== 'object' || bridge === null || !('pathOfDropped' in bridge)) return null
  return typeof bridge.pathOfDropped === 'function' ? (bridge.pathOfDropped as (file: File) => Promise<Dropped>) : null
}
