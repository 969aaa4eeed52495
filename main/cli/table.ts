import Table from 'cli-table3'
import { printable } from './format.ts'

/** A column: its heading, and whether figures stand at its right edge. */
export interface Column {
  readonly title: string
  readonly isNumeric?: boolean
}

const noBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

/**
 * A table in plain columns, headings first; `empty` where there is no row. Cells are made printable. Laid out here: the
 * library's time grows with the square of the rows, and a plan may have 20,000.
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], empty: string): string {
  if (rows.length === 0) return empty
  const known = new Map<string, number>()
  const lines = [columns.map(({ title }) => title), ...rows].map((cells) =>
    cells.map((cell) => {
      const text = printable(cell)
      return { text, width: widthOf(text, known) }
    }),
  )
  const widths = columns.map((_, index) =>
    lines.reduce((widest, cells) => Math.max(widest, cells[index]?.width ?? 0), 0),
  )
  const padded = lines.map((cells) =>
    cells.map(({ text, width }, index) => {
      const padding = ' '.repeat((widths[index] ?? 0) - width)
      return columns[index]?.isNumeric === true ? padding + text : text + padding
    }),
  )
  return padded.map((cells) => cells.join('  ').trimEnd()).join('\n')
}

/** How many columns of a terminal a text takes; `known` keeps them. The library knows which characters take none, or two. */
function widthOf(text: string, known: Map<string, number>): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  const before = known.get(text)
  if (before !== undefined) return before
  const measured = new Table({ chars: noBorders, style: { 'padding-left': 0, 'padding-right': 0 } })
  measured.push([text])
  // Filled in by the drawing.
  measured.toString()
  const width = measured.options.colWidths[0] ?? text.length
  known.set(text, width)
  return width
}

/** Names and values, one pair per line; pairs whose value is null are left out. Values are made printable. */
export function facts(pairs: readonly (readonly [string, string | null])[]): string {
  const present = pairs.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]))
  const width = Math.max(0, ...present.map(([name]) => name.length))
  return present.map(([name, value]) => `${name.padEnd(width)}  ${printable(value)}`).join('\n')
}
