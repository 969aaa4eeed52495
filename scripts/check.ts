/**
 * `npm run typecheck`, `npm run lint`, `npm run knip`: one static check.
 * These read the generated kernel module too, so it is made first.
 */
import { checks } from './build-steps/checks.ts'
import { buildKernel } from './build-steps/kernel.ts'
import { runProgram } from './build-steps/project.ts'

const wanted = process.argv[2]
const check = checks.find(({ name }) => name === wanted)
if (check === undefined) throw new Error(`usage: check ${checks.map(({ name }) => name).join('|')}`)

buildKernel()
process.exitCode = runProgram(check.program, check.args).isOk ? 0 : 1
