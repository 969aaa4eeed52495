import { expect, it } from 'vitest'
import { countWindowReport, type WindowReport } from './window-specs.ts'

const test = (status: 'expected' | 'unexpected' | 'flaky' | 'skipped', description?: string) => ({
  status,
  annotations: description === undefined ? [] : [{ type: 'skip', description }],
})

it('counts by name what passed, failed, was tried again or skipped', () => {
  const report: WindowReport = {
    errors: [],
    suites: [
      {
        title: 'start.spec.ts',
        specs: [{ title: 'opens', tests: [test('expected')] }],
        suites: [
          {
            title: 'the page',
            specs: [
              { title: 'breaks', tests: [test('unexpected')] },
              { title: 'wobbles', tests: [test('flaky')] },
              { title: 'waits', tests: [test('skipped', 'no browser')] },
              { title: 'sleeps', tests: [test('skipped')] },
            ],
          },
        ],
      },
    ],
  }
  const path = 'e2e/window/start.spec.ts > the page'
  expect(countWindowReport(report)).toEqual({
    passed: 1,
    failed: [`${path} > breaks`, `${path} > wobbles`],
    skipped: [
      { test: `${path} > waits`, reason: 'no browser' },
      { test: `${path} > sleeps`, reason: 'no reason given' },
    ],
  })
})

it('counts an error outside any test as a failure', () => {
  const counted = countWindowReport({ errors: [{ message: 'SyntaxError: no\n  at x' }], suites: [] })
  expect(counted.failed).toEqual(['e2e/window, outside any test: SyntaxError: no'])
})
