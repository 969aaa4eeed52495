import { toAppError, type ArchiveContents, type ArchiveObject, type Comparison } from '../../preload/contract/index.ts'
import type { JobContext } from '../engines/engine.ts'
import { compareContents, pairUp } from './compare-contents.ts'
import { lacksDetails } from './structure-changes.ts'

/** What is compared, and how its definitions are read where only digests are recorded; null where they can't be. */
export interface ComparedSide {
  readonly contents: ArchiveContents
  readonly readAgain: (() => Promise<ArchiveContents>) | null
}

/**
 * Compares, and says what differs in structures. Where a manifest has no texts of definitions that differ, they are read out of
 * its archive; where that fails, the comparison says "changed" without details.
 */
export async function compareWithDetails(
  left: ComparedSide,
  right: ComparedSide,
  context: JobContext,
): Promise<Comparison> {
  const first = compareContents(left.contents, right.contents)
  const differing = [...pairUp(left.contents, right.contents).values()].filter(lacksDetails)
  if (differing.length === 0) return first
  const lacks = (side: 'left' | 'right') => differing.some((pair) => hasNoText(pair[side]))
  try {
    const [a, b] = [
      lacks('left') ? await read(left) : left.contents,
      lacks('right') ? await read(right) : right.contents,
    ]
    return compareContents(a, b)
  } catch (error) {
    context.signal.throwIfAborted()
    context.log('warning', `Differences of structure are named without details: ${toAppError(error).message}`)
    return first
  }
}

async function read({ contents, readAgain }: ComparedSide): Promise<ArchiveContents> {
  return readAgain === null ? contents : withTexts(contents, await readAgain())
}

/** The recorded contents with the texts of another reading of the same archive. */
function withTexts(recorded: ArchiveContents, found: ArchiveContents): ArchiveContents {
  const texts = new Map(found.objects.map((object) => [keyOf(object), object.structure]))
  const objects = recorded.objects.map((object): ArchiveObject => {
    const structure = object.structure ?? texts.get(keyOf(object))
    return structure === undefined ? object : { ...object, structure }
  })
  return { ...recorded, objects }
}

function keyOf({ kind, subtype, displayName }: ArchiveObject): string {
  return [kind, subtype, displayName].join('\u0000')
}

function hasNoText(object: ArchiveObject | undefined): boolean {
  return object !== undefined && object.structure === undefined
}
