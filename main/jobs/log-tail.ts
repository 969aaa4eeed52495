import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { LogLine } from '../../preload/contract/index.ts'
import { logPathOf, parseLine } from './log.ts'

/** Where somebody stopped reading: in which file, after how many bytes, and the time of the last line. */
interface Position {
  readonly file: string
  readonly offset: number
  readonly lastAt: string
}

const start: Position = { file: '', offset: 0, lastAt: '' }

/**
 * The whole lines that a job's log has gained since `position`; null: since its beginning. A line that is being written comes
 * next time. Where the log was shortened meanwhile, what came after the time of the last line.
 */
export function tailJobLog(
  home: string,
  jobId: string,
  position: string | null,
): { readonly lines: readonly LogLine[]; readonly position: string } {
  const from = position === null ? start : parsePosition(position)
  const file = openExisting(logPathOf(home, jobId))
  if (file === null) return { lines: [], position: textOf(from) }
  try {
    const { ino, size } = fstatSync(file, { bigint: true })
    const isSame = from.file === String(ino) && from.offset <= Number(size)
    const offset = isSame ? from.offset : 0
    const bytes = readFrom(file, offset, Number(size) - offset)
    const whole = bytes.subarray(0, bytes.lastIndexOf('\n') + 1)
    const read = whole.toString('utf8').split('\n').flatMap(parseLine)
    const lines = isSame ? read : read.filter(({ at }) => at > from.lastAt)
    const lastAt = lines.at(-1)?.at ?? from.lastAt
    return { lines, position: textOf({ file: String(ino), offset: offset + whole.length, lastAt }) }
  } finally {
    closeSync(file)
  }
}

function openExisting(path: string): number | null {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

function readFrom(file: number, offset: number, count: number): Buffer {
  const bytes = Buffer.alloc(count)
  let read = 0
  while (read < count) {
    const more = readSync(file, bytes, read, count - read, offset + read)
    if (more === 0) break
    read += more
  }
  return bytes.subarray(0, read)
}

function textOf({ file, offset, lastAt }: Position): string {
  return `${file}/${offset}/${lastAt}`
}

/** What isn't a position is the beginning. */
function parsePosition(text: string): Position {
  const [, file = '', offset = '0', lastAt = ''] = /^(\d*)\/(\d{1,15})\/([\dTZ:.-]*)$/.exec(text) ?? []
  return { file, offset: Number(offset), lastAt }
}
