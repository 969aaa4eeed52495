import type { LiveObject } from '../../../preload/contract/index.ts'
import { formatCount } from '../../lib/format.ts'

/** What can be chosen by one name: an object, or a whole schema. */
export interface Choosable {
  readonly name: string
  readonly kind: string
  readonly rows: number | null
  readonly isEstimate: boolean
  readonly hasRows: boolean
}

/** Objects as they are listed: where there are several schemas, these first, each as a whole. */
export function choosablesOf(objects: readonly LiveObject[]): readonly Choosable[] {
  const groups = new Set(objects.map(({ group }) => group).filter((group) => group !== null))
  const named = objects.map(({ name, kind, rows, isEstimate, hasRows }) => {
    return { name, kind: kind.replaceAll('-', ' '), rows, isEstimate, hasRows }
  })
  if (groups.size < 2) return named
  const whole = { kind: 'whole schema', rows: null, isEstimate: false, hasRows: false }
  return [...[...groups].map((name) => ({ name, ...whole })), ...named]
}

/** Those whose name holds the text, first those that begin with it; with a star, those whose whole name fits the pattern. Letters of either case. */
export function matching(objects: readonly Choosable[], text: string): readonly Choosable[] {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return objects
  if (!isPattern(text)) {
    const found = objects.filter(({ name }) => name.toLowerCase().includes(wanted))
    const isFirst = ({ name }: Choosable) =>
      [name, bareName(name)].some((each) => each.toLowerCase().startsWith(wanted))
    return [...found.filter(isFirst), ...found.filter((object) => !isFirst(object))]
  }
  const parts = text
    .trim()
    .split('*')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`))
  const pattern = new RegExp(`^${parts.join('.*')}$`, 'isu')
  return objects.filter(({ name }) => pattern.test(name))
}

/** Without its schema and quotes. */
function bareName(name: string): string {
  return (/(?:^|\.)(?:"((?:[^"]|"")*)"|([^".]*))$/.exec(name)?.slice(1).join('') ?? name).replaceAll('""', '"')
}

/** Whether a star stands in it for anything. */
export function isPattern(text: string): boolean {
  return text.includes('*')
}

/** `a, b, c and 7 more`. */
export function someNames(names: readonly string[], most = 5): string {
  const rest = names.length - most
  return rest > 0 ? `${names.slice(0, most).join(', ')} and ${formatCount(rest)} more` : names.join(', ')
}
