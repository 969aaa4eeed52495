/**
 * The kernel: takes the frame off data chunks, splits COPY text into rows and fields, hashes and adds up.
 * What each function promises stands in `../kernel-core.ts`; `../twin.ts` does the same in plain TypeScript.
 *
 * Memory: input | output | columns | frames. Input and output have a fixed capacity, the rest grows with what is asked for.
 * Every region has room behind it, because blocks of 64 bytes are read and blocks of 16 bytes are written.
 */

const CAPACITY: i32 = 128 * 1024
const SLACK: i32 = 128
const INPUT: usize = (__heap_base + 63) & ~63
const OUTPUT: usize = INPUT + CAPACITY + SLACK
const COLUMNS: usize = OUTPUT + CAPACITY + SLACK
/** Per column: v0, v1, v2, v3 after keying, then the low and high half of its sum. */
const COLUMN_BYTES: usize = 64

const TAB: u8 = 9
const NEWLINE: u8 = 10

const ERROR_LENGTH: i32 = 1
const ERROR_FIELDS: i32 = 2
const ERROR_AFTER_END: i32 = 3
const ERROR_FRAME: i32 = 4

// The installation's key, and the keyed state for whole rows.
let key0: u64 = 0
let key1: u64 = 0
let rowV0: u64 = 0
let rowV1: u64 = 0
let rowV2: u64 = 0
let rowV3: u64 = 0

// The table.
let columns: i32 = 0
let hashing: bool = false
let rows: u64 = 0
let sumLow: u64 = 0
let sumHigh: u64 = 0

// The row and field that are not finished.
let column: i32 = 0
let rowLow: u64 = 0
let rowHigh: u64 = 0
let absorbed: u64 = 0
let fieldV0: u64 = 0
let fieldV1: u64 = 0
let fieldV2: u64 = 0
let fieldV3: u64 = 0

// The text: how much of the output was passed on, what waits behind it, whether its end line was seen.
let passed: i32 = 0
let carried: i32 = 0
let ended: bool = false

// The frame.
let chunkLeft: u32 = 0
let headBytes: i32 = 0
let head: u64 = 0
let closed: bool = false
let error: i32 = 0

// SipHash works on four words. AssemblyScript has no way to hand several back from a function that is inlined, so its
// rounds are written out below; globals hold the words only where speed does not matter.
let v0: u64 = 0
let v1: u64 = 0
let v2: u64 = 0
let v3: u64 = 0
let hashLow: u64 = 0
let hashHigh: u64 = 0

export function inputAt(): usize {
  return INPUT
}
export function outputAt(): usize {
  return OUTPUT
}
export function capacity(): i32 {
  return CAPACITY
}
export function passedBytes(): i32 {
  return passed
}
export function isEnded(): bool {
  return ended
}
export function isClosed(): bool {
  return closed
}
export function errorCode(): i32 {
  return error
}
export function rowCount(): u64 {
  return rows
}
export function tableLow(): u64 {
  return sumLow
}
export function tableHigh(): u64 {
  return sumHigh
}
export function columnLow(index: i32): u64 {
  return load<u64>(COLUMNS + <usize>index * COLUMN_BYTES + 32)
}
export function columnHigh(index: i32): u64 {
  return load<u64>(COLUMNS + <usize>index * COLUMN_BYTES + 40)
}

function ensure(end: usize): bool {
  const pages = <i32>((end + 0xffff) >> 16)
  const missing = pages - memory.size()
  return missing <= 0 || memory.grow(missing) >= 0
}

function setKey(k0: u64, k1: u64): void {
  v0 = k0 ^ 0x736f6d6570736575
  v1 = k1 ^ 0x646f72616e646f6d ^ 0xee
  v2 = k0 ^ 0x6c7967656e657261
  v3 = k1 ^ 0x7465646279746573
}

/** SipHash-1-3 with 128 bits of result over `length` bytes, on the keyed state v0 to v3. */
function hashBytes(at: usize, length: i32): void {
  let a = v0
  let b = v1
  let c = v2
  let d = v3
  let left = length
  while (left >= 8) {
    const word = load<u64>(at)
    d ^= word
    a += b; b = rotl(b, 13); b ^= a; a = rotl(a, 32); c += d; d = rotl(d, 16); d ^= c
    a += d; d = rotl(d, 21); d ^= a; c += b; b = rotl(b, 17); b ^= c; c = rotl(c, 32)
    a ^= word
    at += 8
    left -= 8
  }
  finishHash(a, b, c, d, load<u64>(at), <usize>left, <u64>length)
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function finishHash(a: u64, b: u64, c: u64, d: u64, tail: u64, tailBytes: usize, length: u64): void {
  const word = (tail & (((<u64>1) << (<u64>tailBytes << 3)) - 1)) | (length << 56)
  d ^= word
  a += b; b = rotl(b, 13); b ^= a; a = rotl(a, 32); c += d; d = rotl(d, 16); d ^= c
  a += d; d = rotl(d, 21); d ^= a; c += b; b = rotl(b, 17); b ^= c; c = rotl(c, 32)
  a ^= word
  c ^= 0xee
  a += b; b = rotl(b, 13); b ^= a; a = rotl(a, 32); c += d; d = rotl(d, 16); d ^= c
  a += d; d = rotl(d, 21); d ^= a; c += b; b = rotl(b, 17); b ^= c; c = rotl(c, 32)
  a += b; b = rotl(b, 13); b ^= a; a = rotl(a, 32); c += d; d = rotl(d, 16); d ^= c
  a += d; d = rotl(d, 21); d ^= a; c += b; b = rotl(b, 17); b ^= c; c = rotl(c, 32)
  a += b; b = rotl(b, 13); b ^= a; a = rotl(a, 32); c += d; d = rotl(d, 16); d ^= c
  a += d; d = rotl(d, 21); d ^= a; c += b; b = rotl(b, 17); b ^= c; c = rotl(c, 32)
  hashLow = a ^ b ^ c ^ d
  b ^= 0xdd
  a += b; b = rotl(b, 13); b ^= a; a = rotl(a, 32); c += d; d = rotl(d, 16); d ^= c
  a += d; d = rotl(d, 21); d ^= a; c += b; b = rotl(b, 17); b ^= c; c = rotl(c, 32)
  a += b; b = rotl(b, 13); b ^= a; a = rotl(a, 32); c += d; d = rotl(d, 16); d ^= c
  a += d; d = rotl(d, 21); d ^= a; c += b; b = rotl(b, 17); b ^= c; c = rotl(c, 32)
  a += b; b = rotl(b, 13); b ^= a; a = rotl(a, 32); c += d; d = rotl(d, 16); d ^= c
  a += d; d = rotl(d, 21); d ^= a; c += b; b = rotl(b, 17); b ^= c; c = rotl(c, 32)
  hashHigh = a ^ b ^ c ^ d
}

/** The key lies in the first 16 bytes of the input. The row's key is derived from a byte that is in no UTF-8 name. */
export function useKey(): void {
  key0 = load<u64>(INPUT)
  key1 = load<u64>(INPUT + 8)
  store<u8>(INPUT, 0xff)
  setKey(key0, key1)
  hashBytes(INPUT, 1)
  setKey(hashLow, hashHigh)
  rowV0 = v0
  rowV1 = v1
  rowV2 = v2
  rowV3 = v3
}

/** Begins a table. False where so many columns have no room. */
export function begin(count: i32, withHashes: bool): bool {
  if (!ensure(COLUMNS + <usize>count * COLUMN_BYTES + SLACK)) return false
  columns = count
  hashing = withHashes
  rows = 0
  sumLow = 0
  sumHigh = 0
  column = 0
  rowLow = 0
  rowHigh = 0
  absorbed = 0
  passed = 0
  carried = 0
  ended = false
  chunkLeft = 0
  headBytes = 0
  head = 0
  closed = false
  error = 0
  return true
}

/** The column's name lies in the input as UTF-8. */
export function nameColumn(index: i32, length: i32): void {
  setKey(key0, key1)
  hashBytes(INPUT, length)
  setKey(hashLow, hashHigh)
  const at = COLUMNS + <usize>index * COLUMN_BYTES
  store<u64>(at, v0)
  store<u64>(at + 8, v1)
  store<u64>(at + 16, v2)
  store<u64>(at + 24, v3)
  store<u64>(at + 32, 0)
  store<u64>(at + 40, 0)
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function addTo(entry: usize): void {
  const low = load<u64>(entry, 32) + hashLow
  store<u64>(entry, load<u64>(entry, 40) + hashHigh + <u64>(low < hashLow), 40)
  store<u64>(entry, low, 32)
}

/** A row whose fields' hashes add up to `low` and `high`. */
function addRow(low: u64, high: u64): void {
  rows += 1
  if (!hashing) return
  let a = rowV0
  let b = rowV1
  let c = rowV2
  let d = rowV3
  d ^= low
  a += b; b = rotl(b, 13); b ^= a; a = rotl(a, 32); c += d; d = rotl(d, 16); d ^= c
  a += d; d = rotl(d, 21); d ^= a; c += b; b = rotl(b, 17); b ^= c; c = rotl(c, 32)
  a ^= low
  d ^= high
  a += b; b = rotl(b, 13); b ^= a; a = rotl(a, 32); c += d; d = rotl(d, 16); d ^= c
  a += d; d = rotl(d, 21); d ^= a; c += b; b = rotl(b, 17); b ^= c; c = rotl(c, 32)
  a ^= high
  finishHash(a, b, c, d, 0, 0, 16)
  sumLow += hashLow
  sumHigh += hashHigh + <u64>(sumLow < hashLow)
}

/** Ends a field that does not come out of COPY text: what was absorbed of it, and `length` bytes at `at`. */
function endField(at: usize, length: usize): void {
  const entry = COLUMNS + <usize>column * COLUMN_BYTES
  const total = absorbed + <u64>length
  const rest = absorb(at, at + length)
  const isFresh = absorbed == 0
  finishHash(
    isFresh ? load<u64>(entry) : fieldV0,
    isFresh ? load<u64>(entry, 8) : fieldV1,
    isFresh ? load<u64>(entry, 16) : fieldV2,
    isFresh ? load<u64>(entry, 24) : fieldV3,
    load<u64>(rest),
    at + length - rest,
    total,
  )
  absorbed = 0
  addTo(entry)
  rowLow += hashLow
  rowHigh += hashHigh + <u64>(rowLow < hashLow)
}

/** Takes whole words of an unfinished field out of [at, end); answers where the rest, at most 7 bytes, begins. */
function absorb(at: usize, end: usize): usize {
  if (end - at < 8) return at
  const words = (end - at) >> 3
  const stop = at + (words << 3)
  if (hashing && column < columns) {
    const entry = COLUMNS + <usize>column * COLUMN_BYTES
    const isFresh = absorbed == 0
    let a = isFresh ? load<u64>(entry) : fieldV0
    let b = isFresh ? load<u64>(entry + 8) : fieldV1
    let c = isFresh ? load<u64>(entry + 16) : fieldV2
    let d = isFresh ? load<u64>(entry + 24) : fieldV3
    while (at < stop) {
      const word = load<u64>(at)
      d ^= word
      a += b; b = rotl(b, 13); b ^= a; a = rotl(a, 32); c += d; d = rotl(d, 16); d ^= c
      a += d; d = rotl(d, 21); d ^= a; c += b; b = rotl(b, 17); b ^= c; c = rotl(c, 32)
      a ^= word
      at += 8
    }
    fieldV0 = a
    fieldV1 = b
    fieldV2 = c
    fieldV3 = d
  }
  absorbed += <u64>(words << 3)
  return stop
}

/** One bit per byte of 64 that is a tab or a newline. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function delimiters(at: usize): u64 {
  const tab = i8x16.splat(TAB)
  const newline = i8x16.splat(NEWLINE)
  const first = v128.load(at)
  const second = v128.load(at, 16)
  const third = v128.load(at, 32)
  const fourth = v128.load(at, 48)
  return (
    <u64>(<u32>i8x16.bitmask(v128.or(i8x16.eq(first, tab), i8x16.eq(first, newline)))) |
    (<u64>(<u32>i8x16.bitmask(v128.or(i8x16.eq(second, tab), i8x16.eq(second, newline)))) << 16) |
    (<u64>(<u32>i8x16.bitmask(v128.or(i8x16.eq(third, tab), i8x16.eq(third, newline)))) << 32) |
    (<u64>(<u32>i8x16.bitmask(v128.or(i8x16.eq(fourth, tab), i8x16.eq(fourth, newline)))) << 48)
  )
}

function checkBlank(at: usize, end: usize): void {
  while (at < end) {
    if (load<u8>(at) != NEWLINE) {
      error = ERROR_AFTER_END
      return
    }
    at += 1
  }
}

/** Reads COPY text up to `end`, or up to behind its end line; answers where it stopped. */
function readRows(end: usize): usize {
  const lastColumn = columns - 1
  let index = column
  let entry = COLUMNS + <usize>index * COLUMN_BYTES
  let before = absorbed
  let low = rowLow
  let high = rowHigh
  let field = OUTPUT
  let block = OUTPUT
  while (block < end) {
    let mask = delimiters(block)
    const remaining = end - block
    if (remaining < 64) mask &= ((<u64>1) << remaining) - 1
    while (mask != 0) {
      const at = block + <usize>ctz(mask)
      mask &= mask - 1
      const isRowEnd = load<u8>(at) == NEWLINE
      const length = at - field
      if (isRowEnd && length == 2 && index == 0 && before == 0 && load<u16>(field) == 0x2e5c) {
        ended = true
        settle(field, field)
        return at + 1
      }
      if (isRowEnd != (index == lastColumn) || lastColumn < 0) {
        // A table without columns has empty rows; for any other it is a field too many or too few.
        if (lastColumn >= 0 || !isRowEnd || length != 0 || before != 0) return fail(field)
        addRow(0, 0)
        field = at + 1
        continue
      }
      if (hashing) {
        let a: u64
        let b: u64
        let c: u64
        let d: u64
        if (before == 0) {
          a = load<u64>(entry)
          b = load<u64>(entry, 8)
          c = load<u64>(entry, 16)
          d = load<u64>(entry, 24)
        } else {
          a = fieldV0
          b = fieldV1
          c = fieldV2
          d = fieldV3
        }
        const last = at - 8
        while (field <= last) {
          const word = load<u64>(field)
          d ^= word
          a += b; b = rotl(b, 13); b ^= a; a = rotl(a, 32); c += d; d = rotl(d, 16); d ^= c
          a += d; d = rotl(d, 21); d ^= a; c += b; b = rotl(b, 17); b ^= c; c = rotl(c, 32)
          a ^= word
          field += 8
        }
        finishHash(a, b, c, d, load<u64>(field), at - field, before + <u64>length)
        addTo(entry)
        low += hashLow
        high += hashHigh + <u64>(low < hashLow)
      }
      before = 0
      field = at + 1
      if (isRowEnd) {
        addRow(low, high)
        low = 0
        high = 0
        index = 0
        entry = COLUMNS
      } else {
        index += 1
        entry += COLUMN_BYTES
      }
    }
    block += 64
  }
  column = index
  absorbed = before
  rowLow = low
  rowHigh = high
  settle(absorb(field, end), end)
  return end
}

function fail(at: usize): usize {
  error = ERROR_FIELDS
  settle(at, at)
  return at
}

/** What lies before `at` was read; what lies from there to `end` waits for the next call. */
function settle(at: usize, end: usize): void {
  passed = <i32>(at - OUTPUT)
  carried = <i32>(end - at)
}

/** Moves what the last call left over to the front of the output. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function bringForward(): usize {
  if (carried > 0) store<u64>(OUTPUT, load<u64>(OUTPUT + <usize>passed))
  passed = 0
  return OUTPUT + <usize>carried
}

function copyBytes(to: usize, from: usize, length: usize): void {
  if (length > 512) {
    memory.copy(to, from, length)
    return
  }
  const stop = to + length
  while (to < stop) {
    v128.store(to, v128.load(from))
    to += 16
    from += 16
  }
}

/** Takes the frame off the input, up to the empty chunk that closes the block. Answers where it stopped. */
function unframe(length: i32, target: usize): usize {
  let from = INPUT
  const end = INPUT + <usize>length
  let to = target
  while (from < end) {
    if (chunkLeft == 0) {
      let sign: u8
      let size: u32
      if (headBytes == 0 && end - from >= 5) {
        sign = load<u8>(from)
        size = load<u32>(from, 1)
        from += 5
      } else {
        head |= <u64>load<u8>(from) << (<u64>headBytes << 3)
        headBytes += 1
        from += 1
        if (headBytes < 5) continue
        sign = <u8>head
        size = <u32>(head >> 8)
        head = 0
        headBytes = 0
      }
      if (sign != 0 || size > 0x7fffffff) {
        error = ERROR_LENGTH
        break
      }
      if (size == 0) {
        closed = true
        break
      }
      chunkLeft = size
    }
    const available = end - from
    const take = <usize>chunkLeft < available ? <usize>chunkLeft : available
    copyBytes(to, from, take)
    to += take
    from += take
    chunkLeft -= <u32>take
  }
  unframedEnd = to
  return from
}
let unframedEnd: usize = 0

export function framedRows(length: i32): i32 {
  const stopped = unframe(length, bringForward())
  if (ended) {
    checkBlank(OUTPUT, unframedEnd)
    carried = 0
  } else {
    const at = readRows(unframedEnd)
    if (ended) checkBlank(at, unframedEnd)
  }
  return <i32>(stopped - INPUT)
}

export function framedBytes(length: i32): i32 {
  const stopped = unframe(length, OUTPUT)
  passed = <i32>(unframedEnd - OUTPUT)
  return <i32>(stopped - INPUT)
}

export function textRows(length: i32): i32 {
  if (ended) {
    passed = 0
    return 0
  }
  const before = carried
  const target = bringForward()
  copyBytes(target, INPUT, <usize>length)
  return <i32>(readRows(target + <usize>length) - OUTPUT) - before
}

export function textField(length: i32): i32 {
  const target = bringForward()
  copyBytes(target, INPUT, <usize>length)
  const end = target + <usize>length
  settle(absorb(OUTPUT, end), end)
  return length
}

/** Ends the field that `textField` fed. */
export function closeField(): void {
  if (hashing) endField(OUTPUT + <usize>passed, <usize>carried)
  absorbed = 0
  passed = 0
  carried = 0
  column += 1
}

export function closeRow(): void {
  addRow(rowLow, rowHigh)
  rowLow = 0
  rowHigh = 0
  column = 0
}

/** Room for `length` bytes of frames; 0 where there is none. */
export function framesAt(length: u32): usize {
  const at = (COLUMNS + <usize>columns * COLUMN_BYTES + 63) & ~63
  return ensure(at + length + SLACK) ? at : 0
}

export function frames(length: u32, count: u32): void {
  let at = framesAt(length)
  const end = at + length
  for (let row: u32 = 0; row < count; row += 1) {
    for (column = 0; column < columns; column += 1) {
      if (end - at < 5) {
        error = ERROR_FRAME
        return
      }
      const size = load<u32>(at, 1)
      if (<usize>size > end - at - 5) {
        error = ERROR_FRAME
        return
      }
      if (hashing) endField(at, <usize>size + 5)
      at += 5 + <usize>size
    }
    closeRow()
  }
  column = 0
  if (at != end) error = ERROR_FRAME
}
