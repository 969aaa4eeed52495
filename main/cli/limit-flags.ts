import { InvalidArgumentError } from 'commander'
import { age } from './options.ts'

/** Parsers of the flags that say what a connection demands of its backups. Each throws commander's own error. Pure. */

const unitsBytes: Readonly<Record<string, number>> = { '': 1, B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 }

/** Bytes: `500000`, `500KB`, `1.5GB`; or `none`. (commander takes no null.) */
export function leastSize(value: string): number | 'none' {
  if (value === 'none') return value
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)([KMGT]?B)?$/i.exec(value) ?? []
  const bytes = Math.round(Number(number) * (unitsBytes[unit.toUpperCase()] ?? 0))
  if (number === '' || bytes < 1 || !Number.isSafeInteger(bytes))
    throw new InvalidArgumentError('A size is written like 500KB or 20MB; without a unit it is bytes; none: no limit.')
  return bytes
}

/** Hours: `36`, `36h`, `30d`; or `none`. */
export function greatestAge(value: string): number | 'none' {
  if (value === 'none') return value
  return age(/^\d+$/.test(value) ? `${value}h` : value) / 3_600_000
}

/** What an edit asks for: null takes the limit away, undefined leaves it. */
export function limitInput(flag: number | 'none' | undefined): number | null | undefined {
  return flag === 'none' ? null : flag
}
