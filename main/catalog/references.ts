import { AppError } from '../../preload/contract/index.ts'

/** What a reference may point at. */
export interface Named {
  readonly id: string
  readonly name: string
}

const shortestPrefix = 4

/**
 * Finds what was meant by an id, a unique beginning of one (at least 4 characters, any case) or an exact name.
 * An exact name wins over a beginning. `NOT_FOUND` suggests near names; `AMBIGUOUS` lists what it could be.
 */
export function resolveReference<T extends Named>(candidates: readonly T[], reference: string, noun: string): T {
  const exact = candidates.find(({ id }) => id === reference) ?? candidates.find(({ name }) => name === reference)
  if (exact !== undefined) return exact
  const prefix = reference.toUpperCase()
  const matches = prefix.length < shortestPrefix ? [] : candidates.filter(({ id }) => id.startsWith(prefix))
  const [only] = matches
  if (only !== undefined && matches.length === 1) return only
  if (matches.length > 1) {
    throw new AppError('AMBIGUOUS', `"${reference}" fits more than one ${noun}.`, {
      detail: matches.map(({ id, name }) => `${id} ${name}`).join('\n'),
      remedy: 'Give more characters of the id, or the name.',
    })
  }
  const near = suggest(
    candidates.map(({ name }) => name),
    reference,
  )
  throw new AppError('NOT_FOUND', `There is no ${noun} "${reference}".`, {
    remedy:
      near.length === 0
        ? `\`holdfast ${noun} list\` shows all of them.`
        : `Perhaps ${near.map((name) => `"${name}"`).join(' or ')} was meant.`,
  })
}

/** Up to three of `names` that are near to what was typed, nearest first. */
export function suggest(names: readonly string[], typed: string): readonly string[] {
  const wanted = typed.toLowerCase()
  const limit = Math.max(2, Math.floor(wanted.length / 3))
  return names
    .map((name) => ({ name, distance: nameDistance(name.toLowerCase(), wanted) }))
    .filter(({ distance }) => distance <= limit)
    .toSorted((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .slice(0, 3)
    .map(({ name }) => name)
}

function nameDistance(name: string, wanted: string): number {
  return wanted.length >= 3 && (name.startsWith(wanted) || wanted.startsWith(name)) ? 1 : editDistance(name, wanted)
}

/** Levenshtein's distance. */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const change = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1)
      current.push(Math.min(change, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[right.length] ?? 0
}
