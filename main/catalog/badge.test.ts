import { expect, it } from 'vitest'
import type { Badge, Outcome, ValidationLevel } from '../../preload/contract/index.ts'
import { badgeOf } from './badge.ts'

type Step = `${'+' | '-' | '?'}${ValidationLevel}` | `${'+' | '-' | '?'}${ValidationLevel}@${string}`

function results(steps: readonly Step[]) {
  const outcomes: Readonly<Record<string, Outcome>> = { '+': 'passed', '-': 'failed', '?': 'could-not-run' }
  return steps.map((step) => {
    const [level = '', destinationId = null] = step.slice(1).split('@')
    return { destinationId, level: level as ValidationLevel, outcome: outcomes[step.slice(0, 1)] ?? 'could-not-run' }
  })
}

it.each<[Badge, ...Step[]]>([
  ['none'],
  ['none', '+presence'],
  ['none', '?restore'],
  ['checked', '+checksum'],
  ['checked', '+structure', '?restore'],
  ['proven', '+restore'],
  ['proven', '+checksum', '+restore', '+checksum'],
  ['failed', '+restore', '-checksum'],
  ['failed', '-presence'],
  ['failed', '-restore', '+checksum', '+structure'],
  ['proven', '-restore', '+restore'],
  ['checked', '-checksum', '+decode'],
  ['failed', '-restore', '?restore'],
  ['checked', '+restore', '-checksum', '+checksum'],
  ['checked', '+checksum@a', '-checksum@b'],
  ['proven', '+restore@a', '-presence@b'],
  ['failed', '-checksum@a', '-checksum@b'],
  ['failed', '+checksum@a', '-restore'],
  ['proven', '+restore', '-checksum@a'],
])('%s', (badge, ...steps) => {
  expect(badgeOf(results(steps)), steps.join(' ')).toBe(badge)
})
