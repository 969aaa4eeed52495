/**
 * `npm test [-- <part of a test file's path>…]`: what must hold before a change is done.
 * Installs missing test servers, runs the static checks, the build, the tests and the specs of the window, says what was
 * skipped and why, and ends with the line `N passed, N failed`. HOLDFAST_REQUIRE_ALL=1 counts a skipped test as failed;
 * `--long` runs the tests with their full numbers.
 */
import { startVitest } from 'vitest/node'
import { checks } from './build-steps/checks.ts'
import { root, runProgram } from './build-steps/project.ts'
import { Collector } from './test-run/collector.ts'
import { report, requireAll, sum, type Tally } from './test-run/tally.ts'
import { runWindowSpecs } from './test-run/window-specs.ts'

const args = process.argv.slice(2)
const filters = args.filter((arg) => arg !== '--long')
if (args.includes('--long')) process.env['HOLDFAST_LONG'] = '1'

runProgram('install-servers', [])
const kernelAndBundle = { name: 'build', program: 'build', args: [] }
const steps = [kernelAndBundle, ...checks].map(({ name, program, args: options }): Tally => {
  console.log(`> ${name}`)
  const { isOk } = runProgram(program, options)
  return { passed: isOk ? 1 : 0, failed: isOk ? [] : [name], skipped: [] }
})

const isOfWindow = (filter: string) => filter.startsWith('e2e/window')
const tallies: Tally[] = []
if (filters.length === 0 || !filters.every(isOfWindow)) {
  const collector = new Collector()
  const vitest = await startVitest('test', filters, { root, watch: false, reporters: ['default', collector] })
  await vitest.close()
  tallies.push(collector.tally)
}
if (filters.length === 0 || filters.some(isOfWindow)) tallies.push(runWindowSpecs(filters.filter(isOfWindow)))

const total = sum([...steps, ...tallies])
const counted = process.env['HOLDFAST_REQUIRE_ALL'] === '1' ? requireAll(total) : total
console.log(report(counted))
process.exitCode = counted.failed.length === 0 ? 0 : 1
