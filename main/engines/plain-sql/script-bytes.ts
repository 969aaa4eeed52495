/** Bytes that mean something in a script. */
export const byteOf = {
  tab: 0x09,
  newline: 0x0a,
  return: 0x0d,
  space: 0x20,
  doubleQuote: 0x22,
  hash: 0x23,
  dollar: 0x24,
  quote: 0x27,
  open: 0x28,
  close: 0x29,
  star: 0x2a,
  dash: 0x2d,
  dot: 0x2e,
  slash: 0x2f,
  semicolon: 0x3b,
  backslash: 0x5c,
  backtick: 0x60,
} as const

const letter = 1
const digit = 2
const white = 3
const classes = new Uint8Array(256)
for (let byte = 0; byte < 256; byte += 1) {
  const text = String.fromCharCode(byte)
  if (/[A-Za-z_]/.test(text) || byte >= 0x80) classes[byte] = letter
  else if (/[0-9]/.test(text)) classes[byte] = digit
  else if (/[ \t\n\r\f\v]/.test(text)) classes[byte] = white
}

/** Whether a word may begin with it. Pure. */
export function beginsWord(byte: number | undefined): boolean {
  return classes[byte ?? 0] === letter
}

/** Pure. */
export function isDigit(byte: number): boolean {
  return classes[byte] === digit
}

/** Pure. */
export function isWhite(byte: number | undefined): boolean {
  return classes[byte ?? 0] === white
}

/** Where the word that `at` is in ends. Pure. */
export function endOfWord(bytes: Uint8Array, at: number): number {
  let end = at
  while (end < bytes.length && (isTagByte(bytes[end] ?? 0) || bytes[end] === byteOf.dollar)) end += 1
  return end
}

/** The same for what may stand between the dollar signs of a quote. Pure. */
export function endOfTag(bytes: Uint8Array, at: number): number {
  let end = at
  while (end < bytes.length && isTagByte(bytes[end] ?? 0)) end += 1
  return end
}

function isTagByte(byte: number): boolean {
  const kind = classes[byte]
  return kind === letter || kind === digit
}

/** How many lines end between two places. Looks at these bytes only. Pure. */
export function countLines(bytes: Uint8Array, from: number, to: number): number {
  let lines = 0
  if (to - from < 64) {
    for (let at = from; at < to; at += 1) if (bytes[at] === byteOf.newline) lines += 1
    return lines
  }
  const part = bytes.subarray(from, to)
  for (let at = part.indexOf(byteOf.newline); at >= 0; at = part.indexOf(byteOf.newline, at + 1)) lines += 1
  return lines
}
