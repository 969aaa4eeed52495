import {
  AppError,
  toAppError,
  type EventName,
  type EventPayload,
  type Job,
  type JobState,
  type MethodInput,
  type MethodName,
  type MethodOutput,
} from '../../../preload/contract/index.ts'
import type { Answer, Application } from '../../app/host.ts'
import type { JobMethod, JobResult } from '../session.ts'
import { jobId } from './samples.ts'

/** Answers of a fake application, by method. What throws becomes the answer's error. */
export type Answers = { [M in MethodName]?: (input: MethodInput<M>) => MethodOutput<M> | Promise<MethodOutput<M>> }

/** One call that a fake application took. */
export interface Call {
  readonly method: MethodName
  readonly input: unknown
}

/** An application that answers as told and remembers what it was asked. */
export class FakeApplication implements Application {
  readonly calls: Call[] = []
  closed = 0
  readonly #answers: Answers
  readonly #listeners = new Map<EventName, Set<(payload: never) => void | Promise<void>>>()

  constructor(answers: Answers = {}) {
    this.#answers = answers
  }

  async invoke<M extends MethodName>(method: M, input: MethodInput<M>): Promise<Answer<MethodOutput<M>>> {
    this.calls.push({ method, input })
    const answer: ((input: MethodInput<M>) => MethodOutput<M> | Promise<MethodOutput<M>>) | undefined =
      this.#answers[method]
    try {
      if (answer === undefined) throw new AppError('UNSUPPORTED', `The fake does not answer ${method}.`)
      return { ok: true, data: await answer(input) }
    } catch (error) {
      return { ok: false, error: toAppError(error).toData() }
    }
  }

  subscribe<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void | Promise<void>): () => void {
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners.add(listener))
    return () => void listeners.delete(listener)
  }

  /** Hands an event to everybody who listens, and waits for them. */
  async emit<E extends EventName>(event: E, payload: EventPayload<E>): Promise<void> {
    for (const listener of this.#listeners.get(event) ?? []) {
      await (listener as (payload: EventPayload<E>) => void | Promise<void>)(payload)
    }
  }

  close(): Promise<void> {
    this.closed += 1
    return Promise.resolve()
  }
}

/** Answers for a method that starts a job which ends as `status` says. */
export function jobEnding(method: JobMethod, status: JobState): Answers {
  const started = () => ({ jobId })
  return { [method]: started, 'jobs.wait': () => jobOf(status) }
}

/** Answers for a method that starts a job which succeeds with `result`. */
export function jobSucceeding<M extends JobMethod>(method: M, result: JobResult<M>): Answers {
  return jobEnding(method, succeeded(result))
}

/** A job in a state. */
export function jobOf(status: JobState, revision = 1): Job {
  return {
    id: jobId,
    kind: 'backup',
    title: 'shop',
    subject: null,
    createdAt: '2026-01-01T10:00:00.000Z',
    revision,
    status,
  }
}

/** The state of a job that succeeded. */
export function succeeded(result: unknown): JobState {
  const [startedAt, finishedAt] = ['2026-01-01T10:00:00.000Z', '2026-01-01T10:00:05.000Z']
  return { state: 'succeeded', startedAt, finishedAt, result }
}
