/** What helps somebody who has met an error: how it shows, what to look at, what to do. Sentences. */
export interface Trouble {
  readonly symptom: string
  readonly checks: string
  readonly remedy: string
}
