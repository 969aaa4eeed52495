/** How long each phase of a piece of work took, for forecasts. */
export class Phases {
  readonly #list: { name: string; durationMs: number }[] = []

  /** Runs `work` and notes its time, also where it throws. */
  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const start = performance.now()
    try {
      return await work()
    } finally {
      this.#list.push({ name, durationMs: Math.round(performance.now() - start) })
    }
  }

  list(): { name: string; durationMs: number }[] {
    return [...this.#list]
  }
}
