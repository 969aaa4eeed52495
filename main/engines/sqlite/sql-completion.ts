/** Where `sqlite3_complete()` stands in a statement. */
export type CompletionState =
  'start' | 'normal' | 'explain' | 'create' | 'trigger' | 'trigger-semicolon' | 'trigger-end'

/** Between statements. */
export const completionStart: CompletionState = 'start'

/**
 * One step of the state machine of `sqlite3_complete()` (complete.c): `word` is a semicolon, `space`, a word in lower case, or anything
 * else. A semicolon ends a statement where it leads back to `start`; the body of a trigger ends with `; END;`. Pure.
 */
export function completionStep(state: CompletionState, word: string): CompletionState {
  if (state === 'trigger' || state === 'trigger-semicolon' || state === 'trigger-end') return inTrigger(state, word)
  if (word === 'space') return state
  if (word === ';') return 'start'
  switch (state) {
    case 'start':
      return word === 'explain' ? 'explain' : word === 'create' ? 'create' : 'normal'
    case 'explain':
      return word === 'create' ? 'create' : word === 'query' || word === 'plan' ? 'explain' : 'normal'
    case 'create':
      return word === 'temp' || word === 'temporary' ? 'create' : word === 'trigger' ? 'trigger' : 'normal'
    case 'normal':
      return 'normal'
  }
}

function inTrigger(state: CompletionState, word: string): CompletionState {
  if (word === ';') return state === 'trigger-end' ? 'start' : 'trigger-semicolon'
  if (word === 'space') return state
  return state === 'trigger-semicolon' && word === 'end' ? 'trigger-end' : 'trigger'
}
