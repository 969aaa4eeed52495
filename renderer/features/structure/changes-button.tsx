import { ChevronRight } from 'lucide-react'
import { cx } from '../../lib/class-names.ts'
import { plural } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'

/** Opens and closes the changes of structure of one object; `controls` is the id of what it opens. */
export function ChangesButton({
  count,
  object,
  isOpen,
  controls,
  onToggle,
}: {
  readonly count: number
  readonly object: string
  readonly isOpen: boolean
  readonly controls: string
  readonly onToggle: () => void
}) {
  return (
    <Button
      size="sm"
      aria-expanded={isOpen}
      aria-controls={controls}
      aria-label={`${plural(count, 'change')} of the structure of ${object}`}
      onPress={onToggle}
    >
      <ChevronRight size={13} aria-hidden className={cx(isOpen && 'rotate-90')} />
      <span className="text-warn">{plural(count, 'change')}</span>
    </Button>
  )
}
