import type { Host } from '../app/host.ts'
import { forkProcess, jobEntry, jobEnvironment } from '../app/fork-job.ts'
import { appVersion } from '../app/version.ts'
import type { ServeOptions } from './options.ts'

/** What the browser host needs of its surroundings. */
export interface HostSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly say: (line: string) => void
  /** Told of each job that this process forks, and of its end. */
  readonly onJob: (jobId: string, isRunning: boolean) => void
}

/** A browser on this machine as the application's host. Passphrases are asked for in the window, as prompts. */
export function createBrowserHost({ allow }: Pick<ServeOptions, 'allow'>, { env, say, onJob }: HostSurroundings): Host {
  return {
    kind: 'browser',
    appVersion,
    forkJob: (jobId, home) => {
      const job = forkProcess({ entry: jobEntry(), env: jobEnvironment(env, jobId, home), isVerbose: false })
      onJob(jobId, true)
      return {
        ...job,
        onExit: (listener) =>
          job.onExit((code, signal) => {
            onJob(jobId, false)
            listener(code, signal)
          }),
      }
    },
    browseFolders: allow,
    notice: say,
  }
}
