/**
 * Bytes that do not decode. Internal to the artifact: before it leaves, the rest of the object is read to tell
 * damage (the stored bytes differ from the recorded ones) from bytes that never were readable.
 */
export class DecodeProblem extends Error {
  /** Byte offset in the layer that failed, where it is known. */
  readonly offset: number | null

  constructor(message: string, offset: number | null = null, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'DecodeProblem'
    this.offset = offset
  }
}
