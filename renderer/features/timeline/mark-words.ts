import type { MethodOutput } from '../../../preload/contract/index.ts'

export type Lane = MethodOutput<'backups.timeline'>['lanes'][number]
export type Point = Lane['points'][number]

/** The shape of a mark: proven stands out, and so does what can't be used. */
export type MarkShape = 'proven' | 'ok' | 'failed'

/** A backup that failed, whose check failed or of which no good copy is left counts as failed. */
export function shapeOf({ state, badge, isGood }: Pick<Point, 'state' | 'badge' | 'isGood'>): MarkShape {
  if (state === 'failed' || badge === 'failed' || !isGood) return 'failed'
  return badge === 'proven' ? 'proven' : 'ok'
}

/** The state in words. */
export function stateOf(point: Pick<Point, 'state' | 'badge' | 'isGood'>): string {
  if (point.state === 'failed') return 'backup failed'
  if (point.badge === 'failed') return 'check failed'
  if (!point.isGood) return 'no good copy'
  return { proven: 'proven', checked: 'checked', none: 'unproven' }[point.badge]
}

/** A mark among marks. */
export interface Place {
  readonly lane: number
  readonly index: number
}

/** Where a key leads from a mark: along its lane, or to the nearest mark in time of the next lane that has any. */
export function movedMark(key: string, at: Place, lanes: readonly Pick<Lane, 'points'>[]): Place | null {
  const points = lanes[at.lane]?.points ?? []
  switch (key) {
    case 'ArrowLeft':
      return at.index > 0 ? { ...at, index: at.index - 1 } : null
    case 'ArrowRight':
      return at.index < points.length - 1 ? { ...at, index: at.index + 1 } : null
    case 'Home':
      return { ...at, index: 0 }
    case 'End':
      return { ...at, index: points.length - 1 }
    case 'ArrowUp':
      return nearestIn(lanes, at, -1)
    case 'ArrowDown':
      return nearestIn(lanes, at, 1)
    default:
      return null
  }
}

function nearestIn(lanes: readonly Pick<Lane, 'points'>[], at: Place, step: -1 | 1): Place | null {
  const atMs = Date.parse(lanes[at.lane]?.points[at.index]?.startedAt ?? '')
  for (let lane = at.lane + step; lane >= 0 && lane < lanes.length; lane += step) {
    const index = nearest(lanes[lane]?.points ?? [], atMs)
    if (index !== null) return { lane, index }
  }
  return null
}

/** The mark nearest in time; null in an empty lane. */
export function nearest(points: readonly Pick<Point, 'startedAt'>[], atMs: number): number | null {
  let best: number | null = null
  let bestMs = Number.POSITIVE_INFINITY
  for (const [index, { startedAt }] of points.entries()) {
    const differenceMs = Math.abs(Date.parse(startedAt) - atMs)
    if (differenceMs >= bestMs) continue
    best = index
    bestMs = differenceMs
  }
  return best
}
