/** Removes secrets from text. Implemented beside the secret store, handed in by the composition root. */
export interface Redactor {
  /** Removes every registered secret and everything that looks like one. */
  redact(text: string): string
  /** From now on `redact` removes this value. */
  register(secret: string): void
}

/** Every text inside a value, at any depth: a job's secrets as the redactor has to know them. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value === '' ? [] : [value]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}
