/**
 * `npm run package [-- <options of electron-builder>]`: builds the installers for this platform into `release/`.
 * `-- --dir` leaves the packed program in a folder. docs/packaging.md says more.
 */
import { runProgram } from './build-steps/project.ts'
import { fillStage } from './packaging/stage.ts'

try {
  await fillStage()
  const { isOk } = runProgram('electron-builder', ['--publish', 'never', ...process.argv.slice(2)])
  if (!isOk) process.exitCode = 1
} catch (error) {
  // The message names the file and the line; the stack is the bundler's own.
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
