import { AppError, nearNames } from '../../preload/contract/index.ts'

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
  const near = nearNames(
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
