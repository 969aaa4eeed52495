/** Where a key leads in a grid of `count` rows; null for a key that does not move. `active` -1: no row yet. */
export function movedTo(key: string, active: number, count: number, rowsPerPage: number): number | null {
  const last = count - 1
  if (last < 0) return null
  const within = (index: number) => Math.min(last, Math.max(0, index))
  switch (key) {
    case 'ArrowDown':
      return within(active + 1)
    case 'ArrowUp':
      return within(active < 0 ? 0 : active - 1)
    case 'PageDown':
      return within(Math.max(active, 0) + rowsPerPage)
    case 'PageUp':
      return within(active - rowsPerPage)
    case 'Home':
      return 0
    case 'End':
      return last
    default:
      return null
  }
}
