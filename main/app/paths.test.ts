import { describe, expect, it } from 'vitest'
import { PathDesk } from './paths.ts'

describe('the desk for paths', () => {
  it('takes a plain path from the command line alone', () => {
    expect(new PathDesk('cli').resolve('/x')).toBe('/x')
    for (const kind of ['desktop', 'browser'] as const) {
      expect(() => new PathDesk(kind).resolve('/x')).toThrow(expect.objectContaining({ code: 'USAGE' }))
    }
  })

  it('gives the same path the same id, and ids that nobody can guess', () => {
    const desk = new PathDesk('browser')
    const { picked } = desk.give('/x')
    expect(desk.give('/x').picked).toBe(picked)
    expect(desk.resolve({ picked })).toBe('/x')
    expect(picked).toMatch(/^[\w-]{24}$/)
    expect(new PathDesk('browser').give('/x').picked).not.toBe(picked)
    for (const id of ['', '/x', `${picked} `, '__proto__']) {
      expect(() => desk.pathOf(id)).toThrow(expect.objectContaining({ code: 'USAGE' }))
    }
  })

  it('forgets what was longest unused', () => {
    const desk = new PathDesk('browser', 3)
    const [a, b, c] = ['/a', '/b', '/c'].map((path) => desk.give(path).picked)
    desk.pathOf(a ?? '')
    const d = desk.give('/d').picked
    expect([a, c, d].map((id) => desk.pathOf(id ?? ''))).toEqual(['/a', '/c', '/d'])
    expect(() => desk.pathOf(b ?? '')).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })
})
