/** The folder of a local destination; what else there may be is written as it is. */
export function placeOf(settings: Readonly<Record<string, unknown>>): string {
  const path = settings['path']
  return typeof path === 'string' ? path : Object.values(settings).map(String).join(' ')
}

/** Whether an estimated backup fits: null where one of the two is not known. */
export function fits(freeBytes: number | null, neededBytes: number | null): boolean | null {
  return freeBytes === null || neededBytes === null ? null : freeBytes > neededBytes
}
