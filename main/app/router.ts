import type { z } from 'zod'
import { AppError, methods, toAppError, type Handlers, type MethodName } from '../../preload/contract/index.ts'
import type { Answer } from './host.ts'

/** Told of everything that is not an expected failure: a bug to be logged with its stack. */
export type BugReporter = (method: string, error: unknown) => void

/**
 * The one door for all hosts: known method → input parsed → handler → output parsed → an answer that is data.
 * Never throws.
 */
export function createRouter(handlers: Handlers, reportBug: BugReporter) {
  return async function route(method: string, input: unknown): Promise<Answer<unknown>> {
    try {
      if (!isMethod(method)) {
        throw new AppError('USAGE', `There is no method "${method.slice(0, 80)}".`, {
          remedy: 'Update the client to this version.',
        })
      }
      const parsed = methods[method].input.safeParse(input)
      if (!parsed.success) throw invalidInput(parsed.error)
      const handler = handlers[method] as (value: unknown) => Promise<unknown>
      const output = await handler(parsed.data)
      return { ok: true, data: methods[method].output.parse(output) }
    } catch (error) {
      const failure = toAppError(error)
      if (failure.code === 'INTERNAL') reportBug(method, error)
      return { ok: false, error: failure.toData() }
    }
  }
}

/** An own property of the contract: `constructor` and `__proto__` are no methods. */
export function isMethod(name: string): name is MethodName {
  return Object.hasOwn(methods, name)
}

/** A rejected input as an error for people: which field, and what is wrong with it. Values are not repeated: they may be secret. */
export function invalidInput(error: z.ZodError): AppError {
  const said = error.issues.map((issue) => `${issue.path.map(String).join('.') || 'input'}: ${issue.message}`)
  return new AppError('USAGE', `The input is not valid: ${said[0] ?? 'unknown reason'}.`, {
    detail: said.join('\n'),
    remedy: 'Correct the named field and try again.',
  })
}
