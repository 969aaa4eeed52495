import { InvalidArgumentError, Option } from 'commander'
import { compressionPresets, type Compression } from '../../preload/contract/index.ts'

/** Parsers of single flags. Each throws commander's own error, which becomes `USAGE`. Pure. */

/** Adds a repeatable flag's value to those before it. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

/** 1, 2, 3, … */
export function positiveInteger(value: string): number {
  const number = Number(value)
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(number) || number < 1) {
    throw new InvalidArgumentError('A whole number of at least 1 is needed.')
  }
  return number
}

/** How many workers of a tool share the work. */
export function workers(value: string): number {
  const number = Number(value)
  if (!/^\d+$/.test(value) || number < 1 || number > 64) {
    throw new InvalidArgumentError('A number of workers is a whole number from 1 to 64.')
  }
  return number
}

/** A TCP port. */
export function port(value: string): number {
  const number = Number(value)
  if (!/^\d+$/.test(value) || number < 1 || number > 65_535) {
    throw new InvalidArgumentError('A port is a number from 1 to 65535.')
  }
  return number
}

/** A number of hours above 0. */
export function hours(value: string): number {
  const number = Number(value)
  if (!/^\d+(\.\d+)?$/.test(value) || number <= 0)
    throw new InvalidArgumentError('A number of hours above 0 is needed.')
  return number
}

/** A moment; without a zone in local time. Becomes ISO 8601 in UTC. */
export function moment(value: string): string {
  const isMoment = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(value)
  const time = isMoment ? Date.parse(value.length === 10 ? `${value}T00:00` : value.replace(' ', 'T')) : Number.NaN
  if (Number.isNaN(time)) {
    throw new InvalidArgumentError('A time is written like 2026-03-01T14:30 (local) or 2026-03-01T14:30:00Z.')
  }
  return new Date(time).toISOString()
}

/** A condition of `rows`: `value` null is NULL. */
export interface Condition {
  readonly column: string
  readonly value: string | null
}

/**
 * `column=value`. Everything after the first `=` is the value, to the letter; `column=` is the empty text;
 * `column=\N` is NULL and `column=\\N` the text `\N`, as in COPY. A column whose name holds `=` is written `"a=b"=value`.
 */
export function condition(value: string, before: readonly Condition[] | undefined): readonly Condition[] {
  const match = /^(?:"((?:[^"]|"")+)"|([^=]+))=([\s\S]*)$/.exec(value)
  if (match === null) throw new InvalidArgumentError('A condition is written column=value.')
  const [, quoted, plain, text = ''] = match
  const column = quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"')
  return [...(before ?? []), { column, value: conditionValue(text) }]
}

function conditionValue(text: string): string | null {
  if (text === '\\N') return null
  return /^\\\\+N$/.test(text) ? text.slice(1) : text
}

const defaultLevels = { zstd: 3, gzip: 6 } as const
const highestLevels = { zstd: 19, gzip: 9 } as const

/** `zstd`, `gzip` or `none`, the first two also with a level: `zstd:6`; or the name of a preset. */
export function compression(value: string): Compression {
  const preset = compressionPresets.find(({ id }) => id === value)
  if (preset !== undefined) return preset.compression
  const match = /^(zstd|gzip|none)(?::(\d{1,2}))?$/.exec(value)
  const name = match?.[1]
  const level = match?.[2]
  if (name === 'none' && level === undefined) return { name, level: null }
  if (name !== 'zstd' && name !== 'gzip')
    throw new InvalidArgumentError('Use zstd, gzip or none; a level follows a colon. Or use fast, normal or small.')
  const number = level === undefined ? defaultLevels[name] : Number(level)
  if (number < 1 || number > highestLevels[name]) {
    throw new InvalidArgumentError(`${name} has levels from 1 to ${highestLevels[name]}.`)
  }
  return { name, level: number }
}

const unitsMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 }
const longestAgeMs = 1_000 * 366 * 86_400_000

/** A length of time: `30m`, `12h`, `90d`, `8w`. Becomes milliseconds. */
export function age(value: string): number {
  const [, number = '', unit = ''] = /^(\d{1,9})([mhdw])$/.exec(value) ?? []
  const ageMs = Number(number) * (unitsMs[unit] ?? 0)
  if (ageMs <= 0 || ageMs > longestAgeMs) {
    throw new InvalidArgumentError('A length of time is written like 90d; m, h, d and w are minutes to weeks.')
  }
  return ageMs
}

/** A repeatable flag that takes one of a few words each time. */
export function wordOf(flags: string, description: string, words: readonly string[]): Option {
  const option = new Option(flags, `${description} (${words.join(', ')})`)
  return option.argParser((value: string, before: readonly string[] | undefined) => {
    if (words.includes(value)) return collect(value, before)
    throw new InvalidArgumentError(`Allowed choices are ${words.join(', ')}.`)
  })
}

/** A flag that takes one of a few words. */
export function choice(flags: string, description: string, words: readonly string[]): Option {
  return new Option(flags, description).choices(words)
}

/** Of `values`, those that were given. */
export function given<T extends Record<string, unknown>>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const present = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(present) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
