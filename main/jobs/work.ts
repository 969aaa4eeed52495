import type { JobKind } from '../../preload/contract/index.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { JobContext } from './context.ts'
import type { RemainingSeconds } from './progress.ts'

/** What work of a job gets in its process. */
export interface JobEnvironment {
  readonly context: JobContext
  /** As the parent resolved them for this job; parsed by the work. */
  readonly secrets: unknown
  readonly home: string
  readonly catalog: Catalog
  /**
   * Hands an event to the parent, whose listeners get it as it is. Resolves when they took it: a work that waits for each
   * is never further ahead than its listeners. Structured data only; not redacted.
   */
  emit(event: string, payload: unknown): Promise<void>
  /** From now on progress carries what history predicts; null takes it back. Asked at most once a second. */
  predict(remaining: ((bytes: number, elapsedMs: number) => RemainingSeconds | null) | null): void
}

/** The work of one kind of job. Parses its own input. What it answers becomes the job's result. */
export type Work = (input: unknown, environment: JobEnvironment) => Promise<unknown>

/** Every kind's work, by its kind. */
export type Works = Readonly<Partial<Record<JobKind, Work>>>
