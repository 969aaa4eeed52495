import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createKernel } from './kernel.ts'
import type { KernelCore, KernelSums } from './kernel-core.ts'
import { TwinKernel } from './twin.ts'

const key = Uint8Array.from({ length: 16 }, (_, index) => index * 7 + 3)
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

/** A field of COPY text: no tab, no newline, no lone backslash. Often of a length at which something ends. */
const field = fc.oneof(
  fc.constant(''),
  fc.constant('\\N'),
  fc.stringMatching(/^[a-z]{1,40}$/),
  fc.nat({ max: 200 }).map((length) => 'x'.repeat(length)),
)
const table = fc
  .nat({ max: 5 })
  .chain((width) => fc.array(fc.array(field, { minLength: width, maxLength: width }), { maxLength: 30 }))
  .map((rows) => ({ columns: (rows[0] ?? []).map((_, index) => `c${index}`), rows }))
const cuts = fc.array(fc.integer({ min: 1, max: 97 }), { minLength: 1, maxLength: 20 })

function copyText(rows: readonly (readonly string[])[]): string {
  return rows.map((fields) => `${fields.join('\t')}\n`).join('')
}

/** Data chunks of the custom format, one per piece. */
function framed(pieces: readonly string[]): Buffer {
  const chunks = pieces.map((piece) => {
    const chunk = Buffer.alloc(5 + piece.length)
    chunk.writeUInt32LE(piece.length, 1)
    chunk.write(piece, 5, 'latin1')
    return chunk
  })
  return Buffer.concat([...chunks, Buffer.alloc(5)])
}

function cut(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0, index = 0; at < bytes.length; index += 1) {
    const length = lengths[index % lengths.length] ?? 1
    pieces.push(bytes.subarray(at, at + length))
    at += length
  }
  return pieces
}

interface Outcome {
  readonly sums: KernelSums
  readonly passed: string
  readonly isEnded: boolean
  readonly isClosed: boolean
  readonly taken: number
}

function begun(kernel: KernelCore, columns: readonly string[]): KernelCore {
  kernel.useKey(key)
  kernel.begin(columns, true)
  return kernel
}

function feedFramed(kernel: KernelCore, pieces: readonly Uint8Array[]): Outcome {
  let passed = ''
  let taken = 0
  for (const piece of pieces) {
    taken += kernel.framedRows(piece)
    passed += text(kernel.passed())
    if (kernel.fault !== null || kernel.isClosed) break
  }
  return { sums: kernel.sums(), passed, taken, isEnded: kernel.isEnded, isClosed: kernel.isClosed }
}

function sumsOf(columns: readonly string[], rows: readonly (readonly string[])[]): KernelSums {
  const kernel = begun(createKernel(), columns)
  kernel.textRows(Buffer.from(`${copyText(rows)}\\.\n`, 'latin1'))
  return kernel.sums()
}

describe('the WASM kernel is its plain twin', () => {
  it('on framed COPY text, whatever the borders of rows, chunks and batches', () => {
    fc.assert(
      fc.property(table, cuts, cuts, ({ columns, rows }, chunkLengths, batchLengths) => {
        const whole = copyText(rows)
        const archive = framed(cut(Buffer.from(`${whole}\\.\n\n\n`, 'latin1'), chunkLengths).map(text))
        const batches = cut(archive, batchLengths)
        const fast = feedFramed(begun(createKernel(), columns), batches)
        expect(fast).toEqual(feedFramed(begun(new TwinKernel(), columns), batches))
        expect(fast).toMatchObject({ passed: whole, isEnded: true, isClosed: true, taken: archive.length })
        expect(fast.sums.rows).toBe(rows.length)
      }),
    )
  })

  it('on bare COPY text, where it stops behind the end line', () => {
    fc.assert(
      fc.property(table, cuts, ({ columns, rows }, batchLengths) => {
        const whole = Buffer.from(`${copyText(rows)}\\.\n`, 'latin1')
        const batches = cut(Buffer.concat([whole, Buffer.from('\n\n--\nSELECT 1;\n')]), batchLengths)
        const [fast, slow] = [createKernel(), new TwinKernel()].map((kernel) => {
          begun(kernel, columns)
          let taken = 0
          for (const batch of batches) {
            taken += kernel.textRows(batch)
            if (kernel.isEnded) break
          }
          return { taken, sums: kernel.sums() }
        })
        expect(fast).toEqual(slow)
        expect(fast?.taken).toBe(whole.length)
      }),
    )
  })

  it('on any bytes: same fault, same end', () => {
    const bytes = fc.uint8Array({ maxLength: 300 })
    const almostText = fc.stringMatching(/^[ab\t\n\\.N]{0,80}$/).map((piece) => framed([piece]))
    fc.assert(
      fc.property(fc.oneof(bytes, almostText), fc.nat({ max: 3 }), cuts, (input, width, batchLengths) => {
        const columns = Array.from({ length: width }, (_, index) => `c${index}`)
        const batches = cut(input, batchLengths)
        const [fast, slow] = [createKernel(), new TwinKernel()].map((kernel) => {
          const { isEnded, isClosed } = feedFramed(begun(kernel, columns), batches)
          return { fault: kernel.fault, isEnded, isClosed }
        })
        expect(fast).toEqual(slow)
      }),
      { numRuns: 1000 },
    )
  })

  it('on fields of their own', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }), cuts, (fields, lengths) => {
        const [fast, slow] = [createKernel(), new TwinKernel()].map((kernel) => {
          begun(kernel, ['id', 'content'])
          for (const bytes of fields) {
            kernel.textField(Buffer.from('16400'))
            kernel.closeField()
            for (const piece of cut(bytes, lengths)) kernel.textField(piece)
            kernel.closeField()
            kernel.closeRow()
          }
          return kernel.sums()
        })
        expect(fast).toEqual(slow)
      }),
    )
  })

  it('on data chunks of any content', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[ab\n]{1,90}$/), { maxLength: 9 }), cuts, (pieces, lengths) => {
        const archive = cut(Buffer.concat([framed(pieces), Buffer.from('next')]), lengths)
        const [fast, slow] = [createKernel(), new TwinKernel()].map((kernel) => {
          begun(kernel, [])
          let passed = ''
          let taken = 0
          for (const batch of archive) {
            taken += kernel.framedBytes(batch)
            passed += text(kernel.passed())
            if (kernel.isClosed) break
          }
          return { passed, taken }
        })
        expect(fast).toEqual(slow)
        expect(fast?.passed).toBe(pieces.join(''))
      }),
    )
  })

  it('on canonical frames', () => {
    const frame = fc.tuple(fc.nat({ max: 4 }), fc.uint8Array({ maxLength: 40 })).map(([type, bytes]) => {
      const head = Buffer.alloc(5)
      head[0] = type
      head.writeUInt32LE(bytes.length, 1)
      return Buffer.concat([head, bytes])
    })
    fc.assert(
      fc.property(fc.array(fc.tuple(frame, frame), { maxLength: 20 }), fc.integer({ min: -1, max: 1 }), (rows, off) => {
        const bytes = Buffer.concat(rows.flat())
        const [fast, slow] = [createKernel(), new TwinKernel()].map((kernel) => {
          begun(kernel, ['a', 'b']).frames(bytes, Math.max(0, rows.length + off))
          return { fault: kernel.fault, sums: kernel.fault === null ? kernel.sums() : null }
        })
        expect(fast).toEqual(slow)
        expect(fast?.fault === null).toBe(off === 0 || (rows.length === 0 && off === -1))
      }),
    )
  })

  it('on a field of many batches', () => {
    const long = Buffer.from(`1\t${'long'.repeat(100_000)}\n2\t\n\\.\n`)
    const sums = [createKernel(), new TwinKernel()].map((kernel) => {
      begun(kernel, ['a', 'b'])
      for (const batch of cut(long, [131_072, 65_537, 99_999, 3])) kernel.textRows(batch)
      expect(kernel.isEnded).toBe(true)
      return kernel.sums()
    })
    expect(sums[0]).toEqual(sums[1])
  })

  it('on frames larger than the fixed memory', () => {
    const frame = Buffer.alloc(5 + 3_000_000, 7)
    frame.writeUInt32LE(3_000_000, 1)
    const kernel = begun(createKernel(), ['a'])
    kernel.frames(frame, 1)
    const twin = begun(new TwinKernel(), ['a'])
    twin.frames(frame, 1)
    expect(kernel.sums()).toEqual(twin.sums())
  })
})

describe('a fingerprint', () => {
  const columns = ['id', 'name', 'note']
  const rows = [
    ['1', 'Ann', '\\N'],
    ['2', 'Bob', ''],
    ['3', 'Cyd', 'N'],
    ['3', 'Cyd', 'N'],
  ]
  const whole = sumsOf(columns, rows)

  it('depends neither on the order of rows nor of columns', () => {
    const order = [2, 0, 1]
    const permuted = rows.toReversed().map((fields) => order.map((index) => fields[index] ?? ''))
    const other = sumsOf(
      order.map((index) => columns[index] ?? ''),
      permuted,
    )
    expect(other.sum).toBe(whole.sum)
    expect(other.columns).toEqual(order.map((index) => whole.columns[index]))
  })

  it.each([
    ['a changed byte', [['1', 'Anm', '\\N'], ...rows.slice(1)], [1]],
    ['NULL for empty', [['1', 'Ann', ''], ...rows.slice(1)], [2]],
    ['an empty field for N', [...rows.slice(0, 3), ['3', 'Cyd', '']], [2]],
  ])('shows %s in its column only', (_, changed, where) => {
    const other = sumsOf(columns, changed)
    expect(other.sum).not.toBe(whole.sum)
    expect(
      columns
        .keys()
        .filter((index) => other.columns[index] !== whole.columns[index])
        .toArray(),
    ).toEqual(where)
  })

  it('shows values that moved to another row, where no column changes', () => {
    const other = sumsOf(columns, [['2', 'Ann', '\\N'], ['1', 'Bob', ''], ...rows.slice(2)])
    expect(other.columns).toEqual(whole.columns)
    expect(other.sum).not.toBe(whole.sum)
  })

  it('counts duplicates', () => {
    expect(sumsOf(columns, rows.slice(0, 2)).sum).not.toBe(whole.sum)
    expect(sumsOf(columns, rows.slice(0, 3)).sum).not.toBe(whole.sum)
  })

  it('is another one under another key and for another column name', () => {
    const kernel = createKernel()
    kernel.useKey(new Uint8Array(16))
    kernel.begin(columns, true)
    kernel.textRows(Buffer.from(`${copyText(rows)}\\.\n`))
    expect(kernel.sums().sum).not.toBe(whole.sum)
    expect(sumsOf(['id', 'name', 'noté'], rows).sum).not.toBe(whole.sum)
  })

  it('counts the rows of a table without columns', () => {
    const none = sumsOf([], [[], [], []])
    expect(none.rows).toBe(3)
    expect(none.sum).not.toBe(sumsOf([], [[], []]).sum)
  })

  it('takes a table with the most columns that PostgreSQL has', () => {
    const many = Array.from({ length: 1600 }, (_, index) => `column ${index}`)
    expect(sumsOf(many, [many]).columns).toHaveLength(1600)
  })
})
