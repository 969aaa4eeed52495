const type = String.raw`(?:character varying|double precision|bit varying|time(?:stamp)?(?:\(\d\))? with(?:out)? time zone|interval(?: [a-z]+)*|"[^"]+"(?:\."[^"]+")?|[\w.]+)`
const pieces = new RegExp(
  String.raw`'(?:[^']|'')*'|"(?:[^"]|"")*"|::\s*${type}(?:\(\d+(?:,\s*\d+)?\))?(?:\[\])*|[()\s;]+`,
  'g',
)

/** Quoted things, and symbols with the spaces around them. */
const symbols = /'(?:[^']|'')*'|"(?:[^"]|"")*"| *[,[\]=<>|+*/%!~-]+ */g

/**
 * A definition without casts, parentheses and white space outside of quotes, which a database rewrites when it is restored: what is
 * the same here is not named as a difference. Pure.
 */
export function comparableText(text: string): string {
  return text
    .replace(pieces, (piece) => (isQuoted(piece) ? piece : ' '))
    .replace(symbols, (piece) => (isQuoted(piece) ? piece : piece.trim()))
    .replace(/ +/g, ' ')
    .trim()
}

function isQuoted(piece: string): boolean {
  return piece.startsWith("'") || piece.startsWith('"')
}

/** A definition on one line, cut where it is long. Pure. */
export function shortText(text: string, mostCharacters = 160): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= mostCharacters ? line : `${line.slice(0, mostCharacters - 1)}…`
}

/** Lines that only one of two texts has, first those of the left one: enough to find the place. Pure. */
export function differingLines(left: string, right: string): { readonly left: string; readonly right: string } {
  const [a, b] = [left.split('\n'), right.split('\n')]
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1
  let end = 0
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1
  const middle = (lines: readonly string[]) => shortText(lines.slice(start, lines.length - end).join('\n'))
  return { left: middle(a), right: middle(b) }
}
