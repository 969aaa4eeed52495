/** Keeps what arrives until somebody listens; from then on hands it straight over. */
export function queue<T>(): { push(item: T): void; drain(listener: (item: T) => void): void } {
  let waiting: T[] = []
  let reader: ((item: T) => void) | null = null
  return {
    push: (item) => {
      if (reader === null) waiting.push(item)
      else reader(item)
    },
    drain: (listener) => {
      reader = listener
      const items = waiting
      waiting = []
      for (const item of items) listener(item)
    },
  }
}
