import { z } from 'zod'
import { AppError, Content } from '../../../preload/contract/index.ts'

/** What stands in a script as a comment of one line, because SQL has no word for it. */
export const SqlNote = z.union([
  /** The first line: what the script holds. */
  z.object({ holdfast: z.literal(1), content: Content }),
  /** A table whose rows were left out on purpose. */
  z.object({ withoutRows: z.string() }),
  /** In a script of rows alone: the definition of a table to which they belong. */
  z.object({ define: z.string() }),
])
export type SqlNote = z.infer<typeof SqlNote>

const sign = '@'

/** The line that is this note. */
export function noteLine(note: SqlNote): string {
  return `--${sign}${JSON.stringify(note)}\n`
}

/** The note that a comment is; null for any other comment. `FORMAT_INVALID` for one that begins as a note and is none. */
export function noteOf(comment: string): SqlNote | null {
  if (!comment.startsWith(`${sign}{`)) return null
  const parsed = SqlNote.safeParse(jsonOrNull(comment.slice(sign.length)))
  if (parsed.success) return parsed.data
  throw new AppError('FORMAT_INVALID', 'The script holds a note of Holdfast that cannot be read.', {
    detail: comment.slice(0, 200),
    remedy: 'The script was changed, or written by a newer version. Use another copy of this backup.',
  })
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
