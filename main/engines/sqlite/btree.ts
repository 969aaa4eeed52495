import { formatInvalid } from './errors.ts'
import type { PageFile } from './page-file.ts'

/** A page (or part of one) whose cells hold records, in the order of the tree. Valid until the next one is asked for. */
export interface CellPage {
  readonly page: Buffer
  /** Number of the first cell, and of the one after the last. */
  readonly from: number
  readonly to: number
  /** Byte at which the array of cell positions begins. */
  readonly cellArray: number
  /** Bytes of a cell before its payload length: 4 on interior pages (the child). */
  readonly skip: number
}

const maxDepth = 40
const tableInterior = 0x05
const tableLeaf = 0x0d
const indexInterior = 0x02
const indexLeaf = 0x0a

/**
 * Walks the b-tree at `root` in key order. In a table's tree (`hasRowId`) only leaves hold records; in the tree of a
 * WITHOUT ROWID table interior cells hold them too. Each page is claimed, so that damage ends in `FORMAT_INVALID`, never in a
 * loop. Memory: one page per level.
 */
export function* walkTree(file: PageFile, root: number, hasRowId: boolean): Generator<CellPage> {
  const buffers: Buffer[] = []
  yield* walk(root, 0)

  function* walk(number: number, depth: number): Generator<CellPage> {
    if (depth > maxDepth) throw formatInvalid(file.path, `the b-tree of page ${root} is too deep`)
    file.claim(number)
    const page = (buffers[depth] ??= Buffer.allocUnsafeSlow(file.pageSize))
    file.copyPage(number, page)
    const header = number === 1 ? 100 : 0
    const type = page.readUInt8(header)
    const cells = page.readUInt16BE(header + 3)
    const isLeaf = type === (hasRowId ? tableLeaf : indexLeaf)
    if (!isLeaf && type !== (hasRowId ? tableInterior : indexInterior)) {
      throw formatInvalid(file.path, `page ${number} has the type ${type}`)
    }
    const cellArray = header + (isLeaf ? 8 : 12)
    if (cellArray + 2 * cells > file.usableSize) throw formatInvalid(file.path, `page ${number} has ${cells} cells`)
    if (isLeaf) {
      yield { page, from: 0, to: cells, cellArray, skip: 0 }
      return
    }
    for (let cell = 0; cell < cells; cell += 1) {
      const position = page.readUInt16BE(cellArray + 2 * cell)
      if (position + 4 > file.usableSize) throw formatInvalid(file.path, `a cell of page ${number} leaves the page`)
      yield* walk(page.readUInt32BE(position), depth + 1)
      if (!hasRowId) yield { page, from: cell, to: cell + 1, cellArray, skip: 4 }
    }
    yield* walk(page.readUInt32BE(header + 8), depth + 1)
  }
}
