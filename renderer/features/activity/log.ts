import type { LogLine } from '../../../preload/contract/index.ts'

/** How many lines are kept; the newest ones. */
export const mostLines = 2_000

/** What is shown of a log: everything, or lines of a level and above. */
export const logLevels = ['debug', 'info', 'warning', 'error'] as const satisfies readonly LogLine['level'][]

/** A log as it is shown, and how many older lines were left out. */
export interface Log {
  readonly lines: readonly LogLine[]
  readonly left: number
}

/**
 * What was loaded and what was heard meanwhile: a line that came both ways stands there once, lines that were said twice stand there
 * twice. At most `mostLines`.
 */
export function mergeLog(loaded: readonly LogLine[], heard: readonly LogLine[]): Log {
  const known = new Map<string, number>()
  for (const line of loaded) known.set(keyOf(line), (known.get(keyOf(line)) ?? 0) + 1)
  const isNew = heard.filter((line) => {
    const count = known.get(keyOf(line)) ?? 0
    if (count === 0) return true
    known.set(keyOf(line), count - 1)
    return false
  })
  const all = [...loaded, ...isNew]
  return { lines: all.slice(-mostLines), left: Math.max(0, all.length - mostLines) }
}

/** Lines of a level and above. */
export function atLeast(lines: readonly LogLine[], level: LogLine['level']): readonly LogLine[] {
  const least = logLevels.indexOf(level)
  return lines.filter((line) => logLevels.indexOf(line.level) >= least)
}

/** The level that an address asks for; `info` where it asks for none that exists. */
export function logLevel(text: string | undefined): LogLine['level'] {
  return logLevels.find((level) => level === text) ?? 'info'
}

/** Lines as text, one each: to be copied. */
export function logText(lines: readonly LogLine[]): string {
  return lines
    .map(({ at, level, stage, message }) => `${at} ${level}${stage === null ? '' : ` [${stage}]`} ${message}`)
    .join('\n')
}

function keyOf({ at, level, stage, message }: LogLine): string {
  return `${at} ${level} ${stage ?? ''} ${message}`
}
