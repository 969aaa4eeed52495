/** An image: red, green, blue, alpha of each pixel, row by row. */
export interface Image {
  readonly size: number
  readonly pixels: Uint8Array
}

/** How far a point is from a shape's edge; negative inside. */
type Distance = (x: number, y: number) => number

interface Layer {
  readonly color: readonly [number, number, number]
  readonly distance: Distance
}

/** A drawing of rounded rectangles and straight round-ended strokes: all that the mark consists of. */
export interface Drawing {
  /** Side of the square view box. */
  readonly side: number
  readonly layers: readonly Layer[]
}

/** Reads the few forms of SVG in which the mark is drawn. Throws on any other, so that nothing is left out silently. */
export function parseDrawing(svg: string): Drawing {
  const side = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1])
  if (!Number.isFinite(side)) throw new Error('The drawing has no square view box that begins at 0 0.')
  const elements = [...svg.matchAll(/<(\w+)([^>]*)\/>/g)]
  return { side, layers: elements.map(([, name = '', attributes = '']) => parseElement(name, attributes)) }
}

function parseElement(name: string, text: string): Layer {
  const attributes = new Map([...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]))
  const number = (key: string) => {
    const value = Number(attributes.get(key))
    if (!Number.isFinite(value)) throw new Error(`<${name}> has no number "${key}".`)
    return value
  }
  if (name === 'rect') {
    const distance = roundedRectangle(number('width'), number('height'), number('rx'))
    return { color: parseColor(attributes.get('fill')), distance }
  }
  if (name === 'path' && attributes.get('stroke-linecap') === 'round') {
    const strokes = parseStrokes(attributes.get('d') ?? '', number('stroke-width') / 2)
    return {
      color: parseColor(attributes.get('stroke')),
      distance: (x, y) => Math.min(...strokes.map((at) => at(x, y))),
    }
  }
  throw new Error(`<${name}${text}> is not drawn by this program.`)
}

function parseColor(text = ''): readonly [number, number, number] {
  const short = /^#([\da-f])([\da-f])([\da-f])$/i.exec(text)
  const digits = short === null ? text.slice(1) : `${short[1]}${short[1]}${short[2]}${short[2]}${short[3]}${short[3]}`
  if (!/^[\da-f]{6}$/i.test(digits)) throw new Error(`"${text}" is not a colour of the form #rrggbb.`)
  const value = Number.parseInt(digits, 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}

/** `M x y` followed by `h` or `v`, as often as wanted. */
function parseStrokes(path: string, radius: number): readonly Distance[] {
  const stroke = /M([\d.]+) ([\d.]+)([hv])([\d.]+)/g
  if (path.replaceAll(stroke, '').trim() !== '') throw new Error(`The path "${path}" is not drawn by this program.`)
  return [...path.matchAll(stroke)].map(([, x, y, direction, length]) =>
    capsule(
      Number(x),
      Number(y),
      direction === 'h' ? Number(length) : 0,
      direction === 'v' ? Number(length) : 0,
      radius,
    ),
  )
}

function capsule(x0: number, y0: number, dx: number, dy: number, radius: number): Distance {
  const squared = dx * dx + dy * dy
  return (x, y) => {
    const along = Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / squared))
    return Math.hypot(x - x0 - dx * along, y - y0 - dy * along) - radius
  }
}

function roundedRectangle(width: number, height: number, radius: number): Distance {
  return (x, y) => {
    const right = Math.abs(x - width / 2) - width / 2 + radius
    const below = Math.abs(y - height / 2) - height / 2 + radius
    return Math.min(Math.max(right, below), 0) + Math.hypot(Math.max(right, 0), Math.max(below, 0)) - radius
  }
}

/** Draws it `size` pixels wide and high, with `margin` (0 to 0.5 of the size) left free on each side. */
export function render(drawing: Drawing, size: number, margin = 0): Image {
  const pixels = new Uint8Array(size * size * 4)
  const unit = drawing.side / (size * (1 - 2 * margin))
  const start = margin * size
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const x = (column + 0.5 - start) * unit
      const y = (row + 0.5 - start) * unit
      pixels.set(pixelAt(drawing, x, y, unit), (row * size + column) * 4)
    }
  }
  return { size, pixels }
}

function pixelAt({ layers }: Drawing, x: number, y: number, unit: number): readonly [number, number, number, number] {
  let [red, green, blue, alpha] = [0, 0, 0, 0]
  for (const { color, distance } of layers) {
    // An edge is as soft as one pixel is wide.
    const covered = Math.min(1, Math.max(0, 0.5 - distance(x, y) / unit))
    const whole = covered + alpha * (1 - covered)
    if (whole === 0) continue
    const mix = (over: number, under: number) => (over * covered + under * alpha * (1 - covered)) / whole
    ;[red, green, blue, alpha] = [mix(color[0], red), mix(color[1], green), mix(color[2], blue), whole]
  }
  return [Math.round(red), Math.round(green), Math.round(blue), Math.round(alpha * 255)]
}
