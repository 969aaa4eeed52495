import { fileURLToPath } from 'node:url'
import { cliBundle, isBundleStale } from '../../scripts/build-steps/bundle.ts'

const sources = fileURLToPath(new URL('../../main/cli/main.ts', import.meta.url))

/** What the tests run as `holdfast`: the bundle, which starts in a quarter of the time, or the sources where they are newer. */
export const holdfastProgram = isBundleStale() ? sources : cliBundle

/** Whether a command line is a job process, of the bundle or of the sources. */
export function isJobProcess(command: string): boolean {
  return /job-main\.ts|main\/job\.js/.test(command)
}
