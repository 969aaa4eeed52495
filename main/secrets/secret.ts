/** A secret value that cannot be printed by accident: only `reveal` gives it out. */
export class Secret {
  readonly #value: string | null

  private constructor(value: string | null) {
    this.#value = value
  }

  static of(value: string): Secret {
    return new Secret(value)
  }

  /** Stands where no secret is needed. */
  static none(): Secret {
    return new Secret(null)
  }

  /** The value, for the one place that hands it to a tool or driver; null where there is none. */
  reveal(): string | null {
    return this.#value
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }
}
