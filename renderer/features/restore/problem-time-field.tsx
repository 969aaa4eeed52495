import { useState } from 'react'
import type { BackupSummary } from '../../../preload/contract/index.ts'
import { formatMoment, plural } from '../../lib/format.ts'
import { useNow } from '../../lib/now.ts'
import { Button } from '../../ui/button.tsx'
import { Callout } from '../../ui/callout.tsx'
import { TextField } from '../../ui/fields.tsx'
import { beforeProblem, fieldOfMoment, momentOfField } from './problem-time.ts'

/** When the trouble began: chooses the newest good backup from before it, and names the newer ones that are left out. */
export function ProblemTime({
  backups,
  before,
  onChange,
}: {
  readonly backups: readonly BackupSummary[]
  readonly before: string | null
  readonly onChange: (before: string | undefined, backup: string | undefined) => void
}) {
  const [text, setText] = useState(before === null ? '' : fieldOfMoment(before))
  const change = (typed: string) => {
    setText(typed)
    const moment = momentOfField(typed)
    if (moment !== null) onChange(moment, beforeProblem(backups, moment).chosen?.id)
  }
  return (
    <div className="flex flex-col gap-2.5">
      <div className="flex flex-wrap items-end gap-2.5">
        <TextField
          label="The problem began at"
          type="datetime-local"
          value={text}
          onChange={change}
          className="w-64 max-w-full"
        />
        {before === null ? null : (
          <Button
            onPress={() => {
              setText('')
              onChange(undefined, undefined)
            }}
          >
            Clear the time
          </Button>
        )}
      </div>
      <div role="status">{before === null ? null : <Found backups={backups} before={before} />}</div>
    </div>
  )
}

function Found({ backups, before }: { readonly backups: readonly BackupSummary[]; readonly before: string }) {
  const now = useNow()
  const { chosen, leftOut } = beforeProblem(backups, before)
  if (chosen === null) {
    return (
      <Callout tone="bad" word="None">
        There is no good backup from before {formatMoment(before, now)}. Choose one by hand, or another moment.
      </Callout>
    )
  }
  const named = leftOut.slice(0, 5).map(({ startedAt }) => formatMoment(startedAt, now))
  const more = leftOut.length - named.length
  return (
    <Callout tone="ok" word="Found">
      The newest good backup from before {formatMoment(before, now)} is of{' '}
      <strong className="font-semibold">{formatMoment(chosen.startedAt, now)}</strong>.{' '}
      {leftOut.length === 0
        ? 'No good backup is newer.'
        : `${plural(leftOut.length, 'newer good backup')} ${leftOut.length === 1 ? 'is' : 'are'} left out: ${named.join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}.`}
    </Callout>
  )
}
