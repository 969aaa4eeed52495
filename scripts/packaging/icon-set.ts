import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../build-steps/project.ts'
import { parseDrawing, render, type Image } from './draw.ts'
import { toIcns, toIco, toPng } from './image-files.ts'

/** macOS leaves a tenth free around an icon. */
const macMargin = 0.1
const icoSizes = [16, 24, 32, 48, 64, 128, 256]
const linuxSizes = [16, 24, 32, 48, 64, 128, 256, 512]

/** One file of `resources/icons`. */
export interface IconFile {
  readonly name: string
  readonly bytes: Buffer
  /** Of a PNG, what it shows. */
  readonly image: Image | null
}

/** Every icon of the program, drawn from the two SVGs in `resources`. */
export function iconSet(): readonly IconFile[] {
  const mark = drawingOf('icon.svg')
  const template = drawingOf('tray-template.svg')
  const png = (name: string, image: Image): IconFile => ({ name, image, bytes: toPng(image) })
  return [
    ...linuxSizes.map((size) => png(`linux/${size}x${size}.png`, render(mark, size))),
    png('icon.png', render(mark, 256)),
    png('tray.png', render(mark, 22)),
    png('tray@2x.png', render(mark, 44)),
    png('trayTemplate.png', render(template, 18)),
    png('trayTemplate@2x.png', render(template, 36)),
    { name: 'tray.ico', image: null, bytes: toIco([16, 24, 32].map((size) => render(mark, size))) },
    { name: 'icon.ico', image: null, bytes: toIco(icoSizes.map((size) => render(mark, size))) },
    { name: 'icon.icns', image: null, bytes: toIcns((size) => render(mark, size, macMargin)) },
  ]
}

function drawingOf(file: string) {
  return parseDrawing(readFileSync(join(root, 'resources', file), 'utf8'))
}
