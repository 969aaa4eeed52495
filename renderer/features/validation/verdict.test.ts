import { describe, expect, it } from 'vitest'
import type { Check, Outcome, ValidationLevel } from '../../../preload/contract/index.ts'
import { verdict } from './verdict.ts'

function said(outcome: Outcome, level: ValidationLevel, ...outcomes: readonly Outcome[]): string {
  const checks: Check[] = outcomes.map((each, index) => ({
    name: `check ${String(index)}`,
    outcome: each,
    detail: null,
  }))
  return verdict({ outcome, level, checks })
}

describe('the verdict of a validation', () => {
  it('keeps intact and proven apart', () => {
    expect(said('passed', 'structure', 'passed')).toBe('It is intact: 1 check passed.')
    expect(said('passed', 'restore', 'passed', 'passed')).toMatch(/^Proven:.* 2 checks passed\.$/)
    expect(said('passed', 'presence', 'passed')).not.toMatch(/intact|[Pp]roven/)
  })

  it('never calls passed what failed or did not run', () => {
    expect(said('failed', 'restore', 'passed', 'failed')).toBe('It did not pass: 1 check of 2 failed.')
    expect(said('could-not-run', 'restore')).toContain('not checked')
  })
})
