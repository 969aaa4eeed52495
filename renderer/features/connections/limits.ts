/** What a connection demands of its backups, as it is typed. An empty field is no limit. */

const unitsBytes: Readonly<Record<string, number>> = { '': 1, B: 1, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 }
const mostHours = 24 * 366 * 10

/** `500KB`, `1.5 GB`, bytes without a unit; null for no limit, undefined where it can't be read. */
export function sizeOf(text: string): number | null | undefined {
  const typed = text.trim()
  if (typed === '') return null
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([KMGT]?B)?$/i.exec(typed) ?? []
  const bytes = Math.round(Number(number) * (unitsBytes[unit.toUpperCase()] ?? 0))
  return number === '' || bytes < 1 || !Number.isSafeInteger(bytes) ? undefined : bytes
}

/** The size as it is typed: in the largest unit that leaves nothing over. */
export function sizeText(bytes: number | undefined): string {
  if (bytes === undefined) return ''
  const unit = ['TB', 'GB', 'MB', 'KB'].find((each) => bytes % (unitsBytes[each] ?? 1) === 0)
  return unit === undefined ? String(bytes) : `${String(bytes / (unitsBytes[unit] ?? 1))} ${unit}`
}

/** Whole hours; null for no limit, undefined where it can't be read. */
export function ageOf(text: string): number | null | undefined {
  const typed = text.trim()
  if (typed === '') return null
  const hours = Number(typed)
  return /^\d+$/.test(typed) && hours > 0 && hours <= mostHours ? hours : undefined
}
