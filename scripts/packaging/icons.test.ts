import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../build-steps/project.ts'
import { parseDrawing, render, type Image } from './draw.ts'
import { iconSet } from './icon-set.ts'
import { fromPng, toIcns, toIco } from './image-files.ts'

const teal = [0x0b, 0x6b, 0x74, 255]
const white = [255, 255, 255, 255]
const nothing = [0, 0, 0, 0]

function pixel({ size, pixels }: Image, x: number, y: number): number[] {
  const at = (Math.floor(y * size) * size + Math.floor(x * size)) * 4
  return [...pixels.subarray(at, at + 4)]
}

describe('the icons in resources/icons', () => {
  const icons = iconSet()

  it.each(icons.filter(({ image }) => image !== null))('$name is what its SVG draws', ({ name, image }) => {
    const stored = fromPng(readFileSync(join(root, 'resources/icons', name)))
    expect(stored.size).toBe(image?.size)
    expect(Buffer.compare(stored.pixels, image?.pixels ?? new Uint8Array())).toBe(0)
  })

  it.each(['icon.ico', 'tray.ico', 'icon.icns'])('%s is there, and small', (name) => {
    const made = icons.find((icon) => icon.name === name)
    const stored = readFileSync(join(root, 'resources/icons', name))
    expect(stored.subarray(0, 4)).toEqual(made?.bytes.subarray(0, 4))
    expect(stored.length).toBeLessThan(100_000)
  })
})

describe('a drawing', () => {
  const mark = () => parseDrawing(readFileSync(join(root, 'resources/icon.svg'), 'utf8'))

  it('is a white H on a teal square with round corners', () => {
    const image = render(mark(), 256)
    expect(pixel(image, 0.5, 0.1)).toEqual(teal)
    expect(pixel(image, 0.5, 0.5)).toEqual(white)
    expect(pixel(image, 7 / 22, 0.6)).toEqual(white)
    expect(pixel(image, 0, 0)).toEqual(nothing)
  })

  it('leaves a margin where one is asked for', () => {
    const image = render(mark(), 100, 0.1)
    expect(pixel(image, 0.05, 0.5)).toEqual(nothing)
    expect(pixel(image, 0.12, 0.5)).toEqual(teal)
  })

  it.each([
    ['<svg viewBox="0 0 22 22"><circle r="4" fill="#fff" /></svg>', 'not drawn'],
    [
      '<svg viewBox="0 0 22 22"><path d="M1 1L4 4" stroke="#fff" stroke-width="1" stroke-linecap="round" /></svg>',
      'not drawn',
    ],
    ['<svg viewBox="0 0 22 22"><rect width="22" height="22" rx="6" fill="teal" /></svg>', 'colour'],
    ['<svg viewBox="0 0 22 22"><rect width="22" height="22" fill="#fff" /></svg>', 'no number "rx"'],
    ['<svg viewBox="0 0 22 10"></svg>', 'square view box'],
  ])('is refused where it can not be drawn: %s', (svg, reason) => {
    expect(() => parseDrawing(svg)).toThrow(reason)
  })
})

describe('icon files', () => {
  const square = parseDrawing('<svg viewBox="0 0 4 4"><rect width="4" height="4" rx="0" fill="#123456" /></svg>')

  it('of Windows list each size and where it lies', () => {
    const ico = toIco([16, 256].map((size) => render(square, size)))
    expect([ico.readUInt16LE(2), ico.readUInt16LE(4), ico[6], ico[22]]).toEqual([1, 2, 16, 0])
    const [length, offset] = [ico.readUInt32LE(30), ico.readUInt32LE(34)]
    expect(offset + length).toBe(ico.length)
    expect(pixel(fromPng(ico.subarray(offset)), 0.5, 0.5)).toEqual([0x12, 0x34, 0x56, 255])
  })

  it('of macOS have every part by its name, to the end', () => {
    const icns = toIcns((size) => render(square, size))
    expect(icns.readUInt32BE(4)).toBe(icns.length)
    const names: string[] = []
    for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4)) names.push(icns.toString('latin1', at, at + 4))
    expect(names).toEqual(['ic11', 'ic12', 'ic07', 'ic13', 'ic08', 'ic14', 'ic09', 'ic10'])
  })
})
