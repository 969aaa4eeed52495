/** How single values are spelled, and in which order the fields of an object come. */
export interface Spelling {
  /** The JSON of a value. */
  readonly of: (value: unknown) => string
  /** The names of an object's fields, in their order. */
  readonly keys: (object: object) => readonly string[]
}

/** As `JSON.stringify` spells it. */
export const plainSpelling: Spelling = { of: (value) => JSON.stringify(value), keys: (object) => Object.keys(object) }

/** Items of a list, and characters of a text, in one piece. */
const itemsAtOnce = 100
const charactersAtOnce = 64 * 1024
const firstBytes = 64 * 1024

/**
 * The JSON of data (no functions, no `toJSON`) in pieces: the contents of 10,000 tables have 12 MB, and every copy of them as one
 * text takes as much memory again.
 */
export function* jsonPieces(value: unknown, spelling: Spelling = plainSpelling): Generator<string> {
  if (typeof value === 'string' && value.length > charactersAtOnce) {
    yield '"'
    for (const part of partsOf(value)) yield spelling.of(part).slice(1, -1)
    yield '"'
  } else if (Array.isArray(value) && value.length > itemsAtOnce) {
    for (let at = 0; at < value.length; at += itemsAtOnce) {
      const items = spelling.of(value.slice(at, at + itemsAtOnce)).slice(1, -1)
      yield (at === 0 ? '[' : ',') + items
    }
    yield ']'
  } else if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
    const fields = new Map<string, unknown>(Object.entries(value).filter(([, field]) => field !== undefined))
    let before = '{'
    for (const key of spelling.keys(value)) {
      if (!fields.has(key)) continue
      yield `${before}${spelling.of(key)}:`
      yield* jsonPieces(fields.get(key), spelling)
      before = ','
    }
    yield before === '{' ? '{}' : '}'
  } else yield spelling.of(value)
}

/** All pieces as UTF-8. */
export function utf8Of(pieces: Iterable<string>): Buffer {
  let bytes = Buffer.allocUnsafe(firstBytes)
  let end = 0
  for (const piece of pieces) {
    const wanted = end + Buffer.byteLength(piece)
    if (wanted > bytes.length) bytes = Buffer.concat([bytes.subarray(0, end)], Math.max(wanted, bytes.length * 2))
    end += bytes.write(piece, end)
  }
  return bytes.subarray(0, end)
}

/** A character of two units is never cut. */
function* partsOf(text: string): Generator<string> {
  for (let at = 0; at < text.length;) {
    let end = Math.min(at + charactersAtOnce, text.length)
    if (end < text.length && /[\ud800-\udbff]/.test(text.charAt(end - 1))) end += 1
    yield text.slice(at, end)
    at = end
  }
}
