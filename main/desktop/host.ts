import { jobEnvironment } from '../app/fork-job.ts'
import type { Host } from '../app/host.ts'
import { appVersion } from '../app/version.ts'
import { pickPath, type DialogOptions } from './dialogs.ts'
import type { Electron } from './electron.ts'
import type { HandedPaths } from './handed-paths.ts'
import type { Notice } from './notifications.ts'
import { confirmPresence } from './presence.ts'
import { forkUtilityJob } from './utility-job.ts'

/** What the application gets of the desktop. */
export interface HostOptions extends DialogOptions {
  readonly electron: Pick<Electron, 'app' | 'dialog' | 'systemPreferences' | 'utilityProcess'>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly jobEntry: string
  readonly handed: HandedPaths
  readonly tell: (notice: Notice) => void
}

/** Electron as the application's host. Passphrases are asked for in the window. */
export function createHost(options: HostOptions): Host {
  const { electron, env, jobEntry, handed, tell } = options
  return {
    kind: 'desktop',
    appVersion,
    forkJob: (jobId, home) => forkUtilityJob({ electron, entry: jobEntry, env: jobEnvironment(env, jobId, home) }),
    pickPath: async (request) => handed.answerTo(request) ?? (await pickPath(options, request)),
    confirmPresence: (reason) => confirmPresence(electron, reason),
    notice: (line) => tell({ title: 'Holdfast', text: line, route: null }),
  }
}
