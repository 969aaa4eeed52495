import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { logPathOf } from './log.ts'
import { tailJobLog } from './log-tail.ts'

let home: string
let path: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-test-tail-'))
  path = logPathOf(home, 'J')
  mkdirSync(dirname(path))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const text = (number: number) =>
  `${JSON.stringify({ at: `2026-01-01T00:00:00.${String(number).padStart(3, '0')}Z`, level: 'info', stage: null, message: `ü ${number}` })}\n`
const tail = (position: string | null) => {
  const { lines, position: next } = tailJobLog(home, 'J', position)
  return { messages: lines.map(({ message }) => message), next }
}

it('answers each line once, and a line that is being written when it is whole', () => {
  const nothing = tail(null)
  expect(nothing.messages).toEqual([])
  writeFileSync(path, text(1) + text(2) + text(3).slice(0, 20))
  const first = tail(nothing.next)
  expect(first.messages).toEqual(['ü 1', 'ü 2'])
  expect(tail(first.next).messages).toEqual([])
  appendFileSync(path, text(3).slice(20) + text(4))
  expect(tail(first.next).messages).toEqual(['ü 3', 'ü 4'])
  expect(tail(null).messages).toHaveLength(4)
  expect(tail('nonsense').messages).toHaveLength(4)
})

it('goes on with newer lines where the log was shortened in between', () => {
  writeFileSync(path, text(1) + text(2) + text(3))
  const { next } = tail(null)
  writeFileSync(`${path}.short`, text(1) + text(3) + text(4))
  renameSync(`${path}.short`, path)
  expect(tail(next).messages).toEqual(['ü 4'])
})
