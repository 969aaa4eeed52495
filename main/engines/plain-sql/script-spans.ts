import { byteOf } from './script-bytes.ts'

/**
 * How far a string or quoted name goes on from `at`: to its end, or to where something in it needs a look. A closing byte twice is one
 * of its text. `end` is `at` where more bytes are needed. Pure.
 */
export function nextInQuotes(
  bytes: Buffer,
  at: number,
  closing: number,
  hasEscapes: boolean,
  isLast: boolean,
): { readonly end: number; readonly isClosed: boolean } {
  let end = at
  if (hasEscapes) {
    while (end < bytes.length && bytes[end] !== closing && bytes[end] !== byteOf.backslash) end += 1
  } else {
    const found = bytes.indexOf(closing, at)
    end = found < 0 ? bytes.length : found
  }
  if (end === bytes.length || (end + 1 === bytes.length && !isLast)) return { end, isClosed: false }
  const isPair = bytes[end] === byteOf.backslash || bytes[end + 1] === closing
  return isPair ? { end: Math.min(end + 2, bytes.length), isClosed: false } : { end: end + 1, isClosed: true }
}

/** How far a comment goes on, and how many comments are open there. `end` is `at` where more bytes are needed. Pure. */
export function throughComment(
  bytes: Uint8Array,
  at: number,
  depthBefore: number,
  nests: boolean,
  isLast: boolean,
): { readonly end: number; readonly depth: number } {
  let depth = depthBefore
  let end = at
  while (end + 1 < bytes.length) {
    const isClosing = bytes[end] === byteOf.star && bytes[end + 1] === byteOf.slash
    const isOpening = nests && bytes[end] === byteOf.slash && bytes[end + 1] === byteOf.star
    if (isOpening) depth += 1
    if (isClosing) depth -= 1
    end += isOpening || isClosing ? 2 : 1
    if (depth === 0) return { end, depth }
  }
  return { end: isLast ? bytes.length : end, depth }
}

/** Where the line `\.` that begins at `at` ends; null where it is another line. Pure. */
export function endOfRows(bytes: Uint8Array, at: number, isLast: boolean): number | null | 'unknown' {
  const [first, second, third, fourth] = bytes.subarray(at, at + 4)
  const missing = isLast ? null : 'unknown'
  if (first === undefined) return missing
  if (first !== byteOf.backslash) return null
  if (second === undefined) return missing
  if (second !== byteOf.dot) return null
  if (third === undefined) return isLast ? at + 2 : 'unknown'
  if (third === byteOf.newline) return at + 3
  if (third !== byteOf.return) return null
  if (fourth === undefined) return isLast ? at + 3 : 'unknown'
  return fourth === byteOf.newline ? at + 4 : null
}
