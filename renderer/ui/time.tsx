import { Button, Tooltip, TooltipTrigger } from 'react-aria-components'
import { formatAgo, formatExact, formatMoment } from '../lib/format.ts'
import { useNow } from '../lib/now.ts'

/** A moment as an age or a short date; the whole moment on hover and focus. */
export function Time({ at, as = 'moment' }: { readonly at: string; readonly as?: 'ago' | 'moment' }) {
  const now = useNow()
  const said = as === 'ago' ? formatAgo(at, now) : formatMoment(at, now)
  return (
    <TooltipTrigger delay={400} closeDelay={0}>
      <Button className="focus-ring cursor-default rounded-sm border-0 bg-transparent p-0 text-inherit">
        <time dateTime={at}>{said}</time>
      </Button>
      <Tooltip
        offset={6}
        className="rounded-md border border-line-strong bg-surface px-2 py-1 text-sm whitespace-nowrap text-ink shadow-lg"
      >
        {formatExact(at)}
      </Tooltip>
    </TooltipTrigger>
  )
}
