import { randomUUID } from 'node:crypto'
import { AppError, type Prompt } from '../../preload/contract/index.ts'

interface Open {
  readonly prompt: Prompt
  readonly answer: Promise<string | null>
  readonly settle: (value: string | null) => void
}

/** Questions that wait for the person at the window. Nobody is asked twice at once for the same purpose. */
export class PromptDesk {
  readonly #open = new Map<string, Open>()
  readonly #onChange: (prompts: Prompt[]) => void
  #isClosed = false

  /** `onChange` is told of every prompt that comes or goes, with all that are open then. */
  constructor(onChange: (prompts: Prompt[]) => void) {
    this.#onChange = onChange
  }

  /** Resolves with the answer; null where the person does not want to answer, or the application closes. */
  ask({ purpose, text }: Pick<Prompt, 'purpose' | 'text'>): Promise<string | null> {
    if (this.#isClosed) return Promise.resolve(null)
    const same = [...this.#open.values()].find(({ prompt }) => prompt.purpose === purpose)
    if (same !== undefined) return same.answer
    const { promise, resolve } = Promise.withResolvers<string | null>()
    const prompt: Prompt = { id: randomUUID(), purpose, text }
    this.#open.set(prompt.id, { prompt, answer: promise, settle: resolve })
    this.#onChange(this.list())
    return promise
  }

  /** Oldest first. */
  list(): Prompt[] {
    return [...this.#open.values()].map(({ prompt }) => prompt)
  }

  /** `NOT_FOUND` where nobody waits for this answer any more. */
  answer(id: string, value: string | null): void {
    const open = this.#open.get(id)
    if (open === undefined) {
      throw new AppError('NOT_FOUND', 'This question was answered already.', { remedy: 'Start again what needed it.' })
    }
    this.#open.delete(id)
    open.settle(value)
    this.#onChange(this.list())
  }

  /** Withdraws every question; later ones are not asked. */
  close(): void {
    this.#isClosed = true
    for (const id of this.#open.keys()) this.answer(id, null)
  }
}
