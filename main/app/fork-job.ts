import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { JobProcess } from './host.ts'
import { queue } from './queue.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What a job process may know of its surroundings. `HOLDFAST_*` goes along too, but for the secret ones. */
const allowed = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'TMP',
  'TEMP',
  'HOSTNAME',
  'PGSERVICEFILE',
  'PGSYSCONFDIR',
  'PGSSLROOTCERT',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'SYSTEMROOT',
  'SYSTEMDRIVE',
  'COMSPEC',
  'PATHEXT',
  'WINDIR',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
  'PROGRAMDATA',
  'PROGRAMFILES',
  'PROGRAMFILES(X86)',
  'USERNAME',
])
const allowedPrefix = /^(LC_|XDG_|HOLDFAST_)/
const secret = /^HOLDFAST_(PASSWORD|VAULT_PASSPHRASE.*)$/

/** The environment of a job process: an allow-list, and which job of which home it is. */
export function jobEnvironment(env: Environment, jobId: string, home: string): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) {
    const key = name.toUpperCase()
    const isAllowed = (allowed.has(key) || allowedPrefix.test(key)) && !secret.test(key)
    if (isAllowed && value !== undefined) kept[name] = value
  }
  return { ...kept, HOLDFAST_JOB: jobId, HOLDFAST_HOME: home }
}

/** The program of a job process: a source beside this one, or a bundle beside this bundle. */
export function jobEntry(ownUrl: string = import.meta.url): string {
  const isSource = ownUrl.endsWith('.ts')
  return fileURLToPath(new URL(isSource ? './job-main.ts' : './job.js', ownUrl))
}

/** How the job process is started. */
export interface ForkOptions {
  readonly entry: string
  readonly env: Readonly<Record<string, string>>
  /** Whether its crash is to be seen on stderr; otherwise nothing of it is. */
  readonly isVerbose: boolean
}

/**
 * Forks a job process as a session of its own: a Ctrl-C of the terminal does not reach it. It ends itself when its
 * channel closes. Nothing it prints reaches stdout.
 */
export function forkProcess({ entry, env, isVerbose }: ForkOptions): JobProcess {
  const child = fork(entry, [], {
    detached: true,
    stdio: ['ignore', 'ignore', isVerbose ? 'inherit' : 'ignore', 'ipc'],
    execArgv: [],
    env: { ...env },
    serialization: 'advanced',
  })
  const messages = queue<unknown>()
  const exit = queue<{ readonly code: number | null; readonly signal: string | null }>()
  child.on('message', (message: unknown) => messages.push(message))
  onceEnded(child, (code, signal) => exit.push({ code, signal }))
  return {
    pid: child.pid ?? 0,
    send: (message) => {
      if (!child.connected) return
      // A channel that closes meanwhile is told by the exit.
      child.send(message as object, () => undefined)
    },
    onMessage: (listener) => messages.drain(listener),
    onExit: (listener) => exit.drain(({ code, signal }) => listener(code, signal)),
    kill: (signal) => void child.kill(signal),
  }
}

/** Calls `listener` once, for an end as well as for a start that failed. */
function onceEnded(child: ChildProcess, listener: (code: number | null, signal: string | null) => void): void {
  let isTold = false
  const tell = (code: number | null, signal: string | null) => {
    if (isTold) return
    isTold = true
    listener(code, signal)
  }
  child.on('exit', tell)
  child.on('error', () => {
    if (child.pid === undefined) tell(null, null)
  })
}
