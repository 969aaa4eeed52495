/**
 * `npm run -s holdfast -- <arguments>`: the command line, built first when a source changed.
 * stdout belongs to the command: a build that works says nothing, one that fails speaks on stderr.
 */
import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { cliBundle, isBundleStale } from './build-steps/bundle.ts'
import { runProgram } from './build-steps/project.ts'
import { isRendererStale } from './build-steps/renderer.ts'

const isWindowNeeded = process.argv[2] === 'serve'
if (isBundleStale() || (isWindowNeeded && isRendererStale())) {
  const { isOk, output } = runProgram('build', isWindowNeeded ? [] : ['--main-only'], { quiet: true })
  if (!isOk) {
    process.stderr.write(`The build failed.\n${output}`)
    process.exit(1)
  }
}
// npm changes to the project's folder; paths on the command line mean the folder it was typed in.
const { INIT_CWD: typedIn } = process.env
if (typedIn !== undefined && existsSync(typedIn)) process.chdir(typedIn)

process.argv[1] = cliBundle
await import(pathToFileURL(cliBundle).href)
