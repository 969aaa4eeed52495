import { expect, it } from 'vitest'
import type { LogLine } from '../../../preload/contract/index.ts'
import { atLeast, logText, mergeLog, mostLines } from './log.ts'

function line(second: number, message: string, level: LogLine['level'] = 'info'): LogLine {
  return { at: `2026-11-21T10:00:0${String(second)}.000Z`, level, stage: 'dump', message }
}

it('shows a line that was loaded and heard once, and one that was said twice twice', () => {
  const log = mergeLog([line(1, 'a'), line(1, 'a')], [line(1, 'a'), line(1, 'a'), line(2, 'b')])
  expect(log.lines.map(({ message }) => message)).toEqual(['a', 'a', 'b'])
})

it('keeps the newest lines and says how many it left out', () => {
  const loaded = Array.from({ length: mostLines + 5 }, (_, index) => line(1, String(index)))
  const log = mergeLog(loaded, [])
  expect(log.left).toBe(5)
  expect(log.lines[0]?.message).toBe('5')
})

it('narrows to a level and above', () => {
  const lines = [line(1, 'a', 'debug'), line(2, 'b'), line(3, 'c', 'error')]
  expect(atLeast(lines, 'warning').map(({ message }) => message)).toEqual(['c'])
  expect(logText(atLeast(lines, 'error'))).toBe('2026-11-21T10:00:03.000Z error [dump] c')
})
