import { plural } from '../../lib/format.ts'

/** How far a typed name is from the one that is wanted, in words; null: it is the same, letter for letter. */
export function nameDifference(wanted: string, typed: string): string | null {
  if (typed === wanted) return null
  if (typed === '') return 'Nothing typed yet'
  const wantedLetters = Array.from(wanted)
  const typedLetters = Array.from(typed)
  const same = wantedLetters.findIndex((letter, index) => letter !== typedLetters[index])
  const missing = wantedLetters.length - typedLetters.length
  if (same === typedLetters.length) return `${plural(missing, 'letter')} missing`
  if (same === -1) return `${plural(-missing, 'letter')} too many`
  return `Differs from letter ${String(same + 1)} on`
}
