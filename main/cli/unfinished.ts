/** What runs in this very process that an interrupt waits for a while longer. */
export class Unfinished {
  #count = 0

  get isAny(): boolean {
    return this.#count > 0
  }

  /** Something begins. Answers how to say, once, that it has ended. */
  begin(): () => void {
    let isOver = false
    this.#count += 1
    return () => {
      if (isOver) return
      isOver = true
      this.#count -= 1
    }
  }
}
