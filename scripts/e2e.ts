/**
 * `npm run e2e [-- <part of a spec's path, or a flag of Playwright>…]`: the specs of the window alone, over a build
 * that is as new as the sources. Ends with the line `N passed, N failed`.
 */
import { isBundleStale } from './build-steps/bundle.ts'
import { runProgram } from './build-steps/project.ts'
import { isRendererStale } from './build-steps/renderer.ts'
import { report, requireAll } from './test-run/tally.ts'
import { runWindowSpecs } from './test-run/window-specs.ts'

if ((isBundleStale() || isRendererStale()) && !runProgram('build', []).isOk) process.exit(1)
const tally = runWindowSpecs(process.argv.slice(2))
const counted = process.env['HOLDFAST_REQUIRE_ALL'] === '1' ? requireAll(tally) : tally
console.log(report(counted))
process.exitCode = counted.failed.length === 0 ? 0 : 1
