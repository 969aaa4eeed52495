import { beforeEach, type TestContext } from 'vitest'
import { findProgram, installHint } from './installed.ts'

/** Whether a test that can't run here counts as failed. `.ci/run` sets the switch. */
export function isEverythingRequired(): boolean {
  return process.env['HOLDFAST_REQUIRE_ALL'] === '1'
}

/** Skips the running test with this reason, or fails it where everything is required. */
export function skipOrFail(context: TestContext, reason: string): never {
  if (isEverythingRequired()) throw new Error(`Can't run here: ${reason}`)
  return context.skip(reason)
}

/** Skips (or fails) each test of the file or `describe` block that calls this while `reason` isn't null. */
export function requireForEach(reason: string | null): void {
  if (reason === null) return
  beforeEach((context) => skipOrFail(context, reason))
}

/** Each test of the file or `describe` block that calls this needs these programs, `age` for example. */
export function usePrograms(...names: readonly string[]): void {
  const absent = names.filter((name) => findProgram(name) === null)
  requireForEach(absent.length === 0 ? null : `${absent.join(', ')} not installed; ${installHint}`)
}
