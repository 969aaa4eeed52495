import { FolderOpen } from 'lucide-react'
import { useState } from 'react'
import { toAppError, type AppError, type PickedPath, type PickRequest } from '../../../preload/contract/index.ts'
import { call, useMethod } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorNotice } from '../errors/error-notice.tsx'
import { BrowseDialog } from './browse-dialog.tsx'

/** A path, chosen in a dialog: the system's own, or the one of this window. What is sent back is the id alone. */
export function PathField({
  label,
  description,
  request,
  value,
  onChange,
}: {
  readonly label: string
  readonly description?: string
  readonly request: PickRequest
  readonly value: PickedPath | null
  readonly onChange: (path: PickedPath) => void
}) {
  const info = useMethod('app.info', {})
  const [isBrowsing, setBrowsing] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  const choose = async () => {
    if (info.data?.hasNativeDialogs !== true) {
      setBrowsing(true)
      return
    }
    try {
      setError(null)
      const picked = await call('paths.pick', request)
      if (picked !== null) onChange(picked)
    } catch (failure) {
      setError(toAppError(failure))
    }
  }
  return (
    <div className="flex flex-col gap-1" role="group" aria-label={label}>
      <span className="text-sm font-medium text-ink-2">{label}</span>
      <div className="flex flex-wrap items-center gap-2">
        <Button onPress={() => void choose()} isDisabled={info.data === undefined}>
          <FolderOpen size={14} aria-hidden /> {value === null ? 'Choose…' : 'Change…'}
        </Button>
        <span className="min-w-0 font-mono text-sm break-all text-ink-2" aria-live="polite">
          {value?.path ?? 'Nothing chosen yet'}
        </span>
      </div>
      {description === undefined ? null : <span className="text-sm text-ink-3">{description}</span>}
      {error === null ? null : <ErrorNotice error={error} />}
      {isBrowsing ? (
        <BrowseDialog
          request={request}
          onClose={() => setBrowsing(false)}
          onPick={(path) => {
            setBrowsing(false)
            onChange(path)
          }}
        />
      ) : null}
    </div>
  )
}
