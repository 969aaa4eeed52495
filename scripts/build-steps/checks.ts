/** One static check of the whole project. */
export interface Check {
  readonly name: string
  readonly program: string
  readonly args: readonly string[]
}

/** The static checks, in the order in which `npm test` runs them. */
export const checks: readonly Check[] = [
  { name: 'typecheck', program: 'tsc', args: ['--noEmit'] },
  { name: 'lint', program: 'oxlint', args: ['--type-aware', '.'] },
  { name: 'format:check', program: 'prettier', args: ['--check', '--log-level', 'warn', '.'] },
  { name: 'knip', program: 'knip', args: [] },
]
