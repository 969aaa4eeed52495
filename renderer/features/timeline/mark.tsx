import type { KeyboardEvent } from 'react'
import { cx } from '../../lib/class-names.ts'
import type { MarkShape } from './mark-words.ts'

const colours: Readonly<Record<MarkShape, string>> = {
  proven: 'text-ok z-10',
  ok: 'text-ok/55 forced-colors:text-[CanvasText]',
  failed: 'text-bad z-10',
}
const look = 'absolute top-1/2 -mt-3 -ml-[5px] block h-6 w-2.5'

/** A backup on its lane: told apart by shape as well as by colour. Without `href` it is a picture alone. */
export function Mark({
  shape,
  place,
  href,
  label,
  data,
  isTabStop = false,
  isPointed = false,
  onFocus,
  onKeyDown,
  onOpen,
}: {
  readonly shape: MarkShape
  /** 0 to 1 along the lane. */
  readonly place: number
  readonly href?: string
  readonly label?: string
  readonly data?: string
  readonly isTabStop?: boolean
  readonly isPointed?: boolean
  readonly onFocus?: () => void
  readonly onKeyDown?: (event: KeyboardEvent<HTMLElement>) => void
  readonly onOpen?: () => void
}) {
  const style = { left: `${String(place * 100)}%` }
  if (href === undefined) {
    return (
      <span className={cx(look, colours[shape])} style={style}>
        <Shape shape={shape} isPointed={false} />
      </span>
    )
  }
  return (
    <a
      href={href}
      aria-label={label}
      tabIndex={isTabStop ? 0 : -1}
      data-mark={data}
      onFocus={onFocus}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) {
          event.stopPropagation()
          return
        }
        event.preventDefault()
        onOpen?.()
      }}
      className={cx(look, 'rounded-[3px]', colours[shape], isPointed && 'z-20')}
      style={style}
    >
      <Shape shape={shape} isPointed={isPointed} />
    </a>
  )
}

function Shape({ shape, isPointed }: { readonly shape: MarkShape; readonly isPointed: boolean }) {
  return (
    <svg
      viewBox="0 0 10 24"
      width="10"
      height="24"
      fill="currentColor"
      aria-hidden
      className={cx('block', isPointed && 'text-accent')}
    >
      {shape === 'proven' ? (
        <path d="M5 0 9.4 1.5v3C9.4 7 7.9 8.2 7.5 8.5V19A1.5 1.5 0 0 1 6 20.500H4A1.500 1.500 0 0 1 2.500 19V8.500C2.100 8.200.6 7 .6 4.500v-3Z" />
      ) : shape === 'failed' ? (
        <path d="M4 4h2a1.500 1.500 0 0 1 1.500 1.500v4.200L2.500 12V5.500A1.500 1.500 0 0 1 4 4Zm3.500 8.300V19A1.500 1.500 0 0 1 6 20.500H4A1.500 1.500 0 0 1 2.500 19v-4.400Z" />
      ) : (
        <rect x="2.5" y="4" width="5" height="16.5" rx="1.5" />
      )}
    </svg>
  )
}
