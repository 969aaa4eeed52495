import type { Host } from '../app/host.ts'
import { forkProcess, jobEntry, jobEnvironment } from '../app/fork-job.ts'
import type { Globals, Io } from './io.ts'
import type { Unfinished } from './unfinished.ts'
import { appVersion } from '../app/version.ts'

/** The command line as the application's host. */
export function createHost(io: Io, globals: Globals, unfinished: Unfinished): Host {
  return {
    kind: 'cli',
    appVersion,
    forkJob: (jobId, home) =>
      forkProcess({
        entry: jobEntry(),
        env: jobEnvironment(io.env, jobId, home),
        isVerbose: globals.verbose,
      }),
    askPassphrase: async ({ purpose, text }) => {
      if (!io.canAsk || globals.noInput) return null
      const first = await io.prompts.secret(text)
      if (first === '') return null
      if (purpose === 'unlock-vault') return first
      if ((await io.prompts.secret('The same again')) === first) return first
      io.stderr.write('The two passphrases are not the same.\n')
      return null
    },
    notice: (line) => {
      if (!globals.quiet) io.stderr.write(`${line}\n`)
    },
    beginUnfinished: () => unfinished.begin(),
  }
}
