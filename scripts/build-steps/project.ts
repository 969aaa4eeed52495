import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'

/** The project's root folder. */
export const root = dirname(dirname(import.meta.dirname))

/** How a program of the project ended. */
export interface Outcome {
  readonly isOk: boolean
  /** What it printed; empty when it printed straight to the terminal. */
  readonly output: string
}

/**
 * Runs a script of `scripts/` or the program of a package, under the Node.js of this process.
 * `quiet` keeps the output for the caller, so that nothing reaches stdout.
 */
export function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly quiet?: boolean } = {},
): Outcome {
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [join(root, 'scripts/run.cjs'), program, ...args],
    { cwd: root, encoding: 'utf8', stdio: options.quiet === true ? ['ignore', 'pipe', 'pipe'] : 'inherit' },
  )
  if (error !== undefined) throw error
  return { isOk: status === 0, output: options.quiet === true ? stdout + stderr : '' }
}
