import { useNavigate, useSearch } from '@tanstack/react-router'
import { Check, Copy } from 'lucide-react'
import { useEffect, useRef } from 'react'
import type { LogLine } from '../../../preload/contract/index.ts'
import { cx } from '../../lib/class-names.ts'
import { formatCount } from '../../lib/format.ts'
import { Section } from '../../ui/box.tsx'
import { useCopy } from '../../ui/use-copy.ts'
import { Button } from '../../ui/button.tsx'
import { Select } from '../../ui/fields.tsx'
import { QueryState } from '../errors/query-state.tsx'
import { atLeast, logLevel, logText, type Log } from './log.ts'
import type { JobLogState } from './use-job-log.ts'

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const levelWords: Readonly<Record<LogLine['level'], readonly [word: string, colour: string]>> = {
  debug: ['debug', 'text-ink-3'],
  info: ['info', 'text-ink-3'],
  warning: ['warning', 'font-semibold text-warn'],
  error: ['error', 'font-semibold text-bad'],
}
const options = [
  { value: 'debug', label: 'Everything' },
  { value: 'info', label: 'Without debugging' },
  { value: 'warning', label: 'Warnings and errors' },
  { value: 'error', label: 'Errors' },
] as const

/** The log of a job while it is written, and after. Passwords are left out of it. */
export function JobLog({
  jobId,
  query,
  log,
  isOver,
}: {
  readonly jobId: string
  /** Whether nothing more is written. */
  readonly isOver: boolean
  readonly query: JobLogState['query']
  readonly log: Log
}) {
  const { level: asked } = useSearch({ from: '/activity/$job' })
  const navigate = useNavigate()
  const level = logLevel(asked)
  const lines = atLeast(log.lines, level)
  return (
    <Section
      title="Log"
      note={log.left === 0 ? '' : `${formatCount(log.left)} older lines are not shown`}
      actions={
        <div className="flex flex-wrap gap-2">
          <Select
            label="Show"
            isLabelHidden
            className="w-52"
            value={level}
            onChange={(value) =>
              void navigate({
                to: '/activity/$job',
                params: { job: jobId },
                search: value === 'info' ? {} : { level: value },
                replace: true,
                resetScroll: false,
              })
            }
            options={options}
          />
          <CopyLog lines={lines} />
        </div>
      }
    >
      <QueryState query={query} what="the log">
        {() => <Lines lines={lines} isFiltered={lines.length < log.lines.length} isOver={isOver} />}
      </QueryState>
    </Section>
  )
}

function CopyLog({ lines }: { readonly lines: readonly LogLine[] }) {
  const { state, copy } = useCopy()
  if (lines.length === 0) return null
  return (
    <>
      {state === 'failed' ? (
        <span role="alert" className="text-sm text-bad">
          It could not be copied. Select the lines, and copy them with the keyboard.
        </span>
      ) : null}
      <Button onPress={() => copy(logText(lines))}>
        {state === 'copied' ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
        {state === 'copied' ? 'Copied' : 'Copy the log'}
      </Button>
    </>
  )
}

/** Follows the end unless somebody scrolled away from it. */
function Lines({
  lines,
  isFiltered,
  isOver,
}: {
  readonly lines: readonly LogLine[]
  readonly isFiltered: boolean
  readonly isOver: boolean
}) {
  const box = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  useEffect(() => {
    if (isAtEnd.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight
  }, [lines.length])
  return (
    // A part that scrolls must be reachable with the keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div
      ref={box}
      tabIndex={0}
      role="region"
      aria-label="Lines of the log"
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        isAtEnd.current = scrollTop + clientHeight >= scrollHeight - 8
      }}
      className={cx(
        'overflow-auto rounded-lg border border-line bg-surface px-3 py-2 font-mono text-[12px]/[1.6]',
        // While it is written its height stays.
        isOver ? 'max-h-96' : 'h-64',
      )}
    >
      {lines.length === 0 ? (
        <p className="m-0 text-ink-3">
          {isFiltered ? 'No line is of this level.' : isOver ? 'Nothing was written.' : 'Nothing was written yet.'}
        </p>
      ) : (
        <ol className="m-0 list-none p-0">
          {lines.map((line, index) => {
            const [word, colour] = levelWords[line.level]
            return (
              // Lines are only ever added at the end.
              // eslint-disable-next-line react/no-array-index-key
              <li key={index} className="grid grid-cols-[auto_auto_1fr] gap-x-3 max-sm:grid-cols-[auto_1fr]">
                <time dateTime={line.at} className="text-ink-3">
                  {clock.format(new Date(line.at))}
                </time>
                <span className={cx('w-16', colour)}>{word}</span>
                <span className="break-words whitespace-pre-wrap text-ink max-sm:col-span-2">{line.message}</span>
              </li>
            )
          })}
        </ol>
      )}
    </div>
  )
}
