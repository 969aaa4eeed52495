/** A test that did not run, and why. */
export interface Skip {
  readonly test: string
  readonly reason: string
}

/** What a run of tests and checks came to. */
export interface Tally {
  readonly passed: number
  readonly failed: readonly string[]
  readonly skipped: readonly Skip[]
}

/** All tallies as one. */
export function sum(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((total, { passed }) => total + passed, 0),
    failed: tallies.flatMap(({ failed }) => failed),
    skipped: tallies.flatMap(({ skipped }) => skipped),
  }
}

/** Counts every skip as a failure. */
export function requireAll({ passed, failed, skipped }: Tally): Tally {
  return {
    passed,
    failed: [...failed, ...skipped.map(({ test, reason }) => `${test} (skipped: ${reason})`)],
    skipped: [],
  }
}

/** The end of the run's report: what failed, what was skipped and why, and the line that counts. */
export function report({ passed, failed, skipped }: Tally): string {
  const lines: string[] = []
  if (failed.length > 0) lines.push('Failed:', ...failed.map((name) => `  ${name}`))
  const reasons = Map.groupBy(skipped, ({ reason }) => reason)
  if (reasons.size > 0) lines.push('Skipped:')
  for (const [reason, tests] of reasons) lines.push(`  ${reason}`, ...tests.map(({ test }) => `    ${test}`))
  const counts = [`${passed} passed`, `${failed.length} failed`]
  if (skipped.length > 0) counts.push(`${skipped.length} skipped`)
  return [...lines, counts.join(', ')].join('\n')
}
