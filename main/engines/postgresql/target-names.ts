import { z } from 'zod'
import type { ManagedTarget } from '../engine.ts'
import { cutToBytes, nameLimitBytes } from './quoting.ts'

const runPartLength = 12

/** `hf_<12 characters of the run id>_<stem>`: the stem is cut between characters so that the whole is at most 63 bytes. Pure. */
export function targetName(runId: string, stem: string): string {
  const prefix = `hf_${runPart(runId)}_`
  return prefix + cutToBytes(stem.replaceAll('\0', ''), nameLimitBytes - prefix.length)
}

/** The part of a run id that stands in names: its random end, in lower case. Pure. */
export function runPart(runId: string): string {
  return runId.slice(-runPartLength).toLowerCase()
}

/** The run part of a generated name; null where the name is not of that form. Pure. */
export function runPartOf(name: string): string | null {
  return /^hf_([0-9a-hjkmnp-tv-z]{12})_/.exec(name)?.[1] ?? null
}

const Marker = z.object({
  holdfast: z.literal(1),
  installation: z.string(),
  run: z.string(),
  role: z.enum(['scratch', 'beside', 'retired']),
  /** Of a retired one: the comment that it had, for the day it comes back. */
  comment: z.string().nullable().optional(),
})
/** What the comment of a database says that Holdfast made. */
export type Marker = z.infer<typeof Marker>

/** The comment for a new database. Pure. */
export function markerText(installation: string, runId: string, role: ManagedTarget['role']): string {
  const marker: Marker = { holdfast: 1, installation, run: runId, role }
  return JSON.stringify(marker)
}

/** The comment for a database that is swapped away and had this one. Pure. */
export function retiredMarkerText(installation: string, runId: string, comment: string | null): string {
  const marker: Marker = { holdfast: 1, installation, run: runId, role: 'retired', comment }
  return JSON.stringify(marker)
}

/** A comment that can be one of ours is no longer than this: it may hold another one. */
const markerLimit = 10_000_000

/** The marker in a database's comment; null for every other comment. Pure. */
export function parseMarker(comment: string | null): Marker | null {
  if (comment === null || !comment.startsWith('{"holdfast"') || comment.length > markerLimit) return null
  try {
    const parsed = Marker.safeParse(JSON.parse(comment))
    return parsed.success ? parsed.data : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
