import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { usePrograms } from './missing.ts'

/** How a command runs beside a keychain of its own. */
export interface KeyringOptions {
  /** `locked`: the keychain's daemon runs, and nobody opened it. `absent`: there is no D-Bus session at all. */
  readonly state?: 'unlocked' | 'locked' | 'absent'
  /** Home folder that holds the keychain, to meet it again in a later run; by default one that is removed afterwards. */
  readonly home?: string
  /** The password that opens the keychain; the first run in a home folder sets it. */
  readonly password?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly input?: string
  readonly cwd?: string
}

/** How the command ended. */
export interface KeyringOutcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

const daemon = 'gnome-keyring-daemon --components=secrets'
const scripts = {
  unlocked: `printf '%s\\n' "$1" | ${daemon} --unlock >/dev/null; shift; exec "$@"`,
  locked: `${daemon} --start >/dev/null; shift; exec "$@"`,
}

/** The tests of this file or `describe` block need a keychain: they are skipped with the reason where none can run. */
export function useKeyring(): void {
  usePrograms('dbus-run-session', 'gnome-keyring-daemon')
}

/** Runs a command in a D-Bus session with a GNOME keychain of its own, which ends with the command. */
export async function runWithKeyring(command: Command, options: KeyringOptions = {}): Promise<KeyringOutcome> {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'hf-keyring-')))
  try {
    const [file, ...args] = withSession(command, options)
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: {
        ...process.env,
        DBUS_SESSION_BUS_ADDRESS: undefined,
        DISPLAY: undefined,
        HOME: home,
        XDG_DATA_HOME: join(home, 'data'),
        XDG_RUNTIME_DIR: home,
        ...options.env,
      },
    })
    child.stdin.end(options.input ?? '')
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    return { status: child.exitCode, stdout, stderr }
  } finally {
    if (options.home === undefined) await rm(home, { recursive: true, force: true })
  }
}

type Command = readonly [string, ...string[]]

function withSession(command: Command, { state = 'unlocked', password = '' }: KeyringOptions): Command {
  if (state === 'absent') return command
  return ['dbus-run-session', '--', 'bash', '-c', scripts[state], 'bash', password, ...command]
}
