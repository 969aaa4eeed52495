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
  throw notFound(candidates, reference, noun)
}

const listCommands: Readonly<Record<string, string>> = { backup: 'backups list', job: 'jobs list' }
/** Letters and digits of ids; shorter ones are near to too many. */
const idPart = /^[0-9A-Z]{6,26}$/
const mostSuggested = 3

/** `NOT_FOUND`, with the near ones of `candidates` in its remedy: by name, and by an id with one or two wrong characters. */
export function notFound(candidates: readonly Named[], reference: string, noun: string): AppError {
  const near = [...new Set([...nearIds(candidates, reference), ...nearNames(namesOf(candidates), reference)])]
  const list = `\`holdfast ${listCommands[noun] ?? `${noun} list`}\` shows all of them.`
  return new AppError('NOT_FOUND', `There is no ${noun} "${reference}".`, {
    remedy:
      near.length === 0
        ? list
        : `Perhaps ${near
            .slice(0, mostSuggested)
            .map((name) => `"${name}"`)
            .join(' or ')} was meant.`,
  })
}

function namesOf(candidates: readonly Named[]): readonly string[] {
  return [...new Set(candidates.filter(({ id, name }) => name !== id).map(({ name }) => name))]
}

function nearIds(candidates: readonly Named[], reference: string): readonly string[] {
  const typed = reference.toUpperCase()
  if (!idPart.test(typed)) return []
  const beginnings = candidates.map(({ id }) => ({ id, beginning: id.slice(0, typed.length) }))
  const near = beginnings.filter(({ beginning }) => wrongCharacters(beginning, typed) <= 2)
  return near.slice(0, mostSuggested).map(({ id }) => id)
}

/** Characters that are another, or stand in each other's place. */
function wrongCharacters(left: string, right: string): number {
  let wrong = Math.abs(left.length - right.length)
  for (let at = 0; at < Math.min(left.length, right.length) && wrong <= 2; at++) if (left[at] !== right[at]) wrong++
  return wrong
}
