import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { findProgram, installHint } from './installed.ts'
import { freePort } from './postgres-cluster.ts'

/** What may differ from one SSH server to the next. */
export interface SshdOptions {
  /** More lines of `sshd_config`. */
  readonly settings?: readonly string[]
}

/** An OpenSSH server of its own, on a free loopback port and in a temporary folder. Nothing in /etc/ssh is touched. */
export interface SshServer {
  readonly host: string
  readonly port: number
  /** Who runs the tests: the only user that such a server can log in. */
  readonly user: string
  /** A private key that is let in, and one with the passphrase `passphrase` that is let in, too. */
  readonly identityFile: string
  readonly lockedIdentityFile: string
  readonly passphrase: string
  /** A key that is not let in. */
  readonly strangerFile: string
  /** `SHA256:…` of the host key (ed25519), as ssh-keygen prints it. */
  readonly hostKey: string
  readonly folder: string
  /** The server's log so far. */
  readonly log: () => Promise<string>
  /** Ends every connection that is open now; the server stays. */
  readonly dropConnections: () => Promise<void>
  /** Makes a new host key and starts again on the same port. Answers the new fingerprint. */
  readonly changeHostKey: () => Promise<string>
  /** Ends the server and its connections, and removes its folder. This happens by itself however the process ends. */
  readonly stop: () => Promise<void>
}

const run = promisify(execFile)
const host = '127.0.0.1'
const passphrase = 'a passphrase of the tests'

/** Waits until the process that started it is gone; then ends the server with all that it started, and removes the folder. */
const watchdog = `
  folder=$1
  cat >/dev/null
  for file in "$folder"/pid; do
    pid=$(cat "$file" 2>/dev/null) && { pkill -KILL -P "$pid"; kill -KILL "$pid"; }
  done
  rm -rf -- "$folder"
`

/** Starts an SSH server. Throws where sshd isn't installed; tests of Vitest call `useSshd` of `sshd.ts`, which skips instead. */
export async function startSshd(options: SshdOptions = {}): Promise<SshServer> {
  const sshd = findProgram('sshd')
  if (sshd === null) throw new Error(`openssh-server not installed; ${installHint}`)
  const folder = await mkdtemp(join(tmpdir(), 'hf-sshd-'))
  await chmod(folder, 0o755)
  const path = (name: string) => join(folder, name)
  const guard = spawn('sh', ['-c', watchdog, 'sh', folder], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  guard.unref()
  const stop = async () => {
    if (guard.exitCode !== null || guard.signalCode !== null) return
    guard.ref()
    guard.stdin.end()
    await once(guard, 'exit')
  }
  const makeKey = async (name: string, secret = '') => {
    await rm(path(name), { force: true })
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', secret, '-C', name, '-f', path(name)])
    return readFile(path(`${name}.pub`), 'utf8')
  }
  const fingerprint = async () => {
    const { stdout } = await run('ssh-keygen', ['-lf', path('host.pub')])
    return stdout.split(' ')[1] ?? ''
  }
  const log = () => readFile(path('log'), 'utf8')
  const pid = async () => (await readFile(path('pid'), 'utf8')).trim()

  try {
    await makeKey('host')
    const known = [await makeKey('identity'), await makeKey('locked', passphrase)]
    await makeKey('stranger')
    await writeFile(path('authorized_keys'), known.join(''), { mode: 0o600 })
    await writeFile(path('log'), '')
    const port = await startOnFreePort(sshd, folder, options)
    const dropConnections = async () => {
      await run('pkill', ['-KILL', '-P', await pid()]).catch((error: unknown) => {
        // Exit code 1: there was none.
        if (!(error instanceof Error && 'code' in error && error.code === 1)) throw error
      })
    }
    return {
      host,
      port,
      user: userInfo().username,
      identityFile: path('identity'),
      lockedIdentityFile: path('locked'),
      passphrase,
      strangerFile: path('stranger'),
      hostKey: await fingerprint(),
      folder,
      log,
      dropConnections,
      changeHostKey: async () => {
        await dropConnections()
        await run('kill', ['-KILL', await pid()])
        await makeKey('host')
        await startOn(sshd, folder, port, options)
        return fingerprint()
      },
      stop,
    }
  } catch (error) {
    const tail = await log().catch(() => '')
    await stop()
    throw new Error(`sshd did not start.\n${tail}`, { cause: error })
  }
}

async function startOnFreePort(sshd: string, folder: string, options: SshdOptions): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort()
    try {
      await startOn(sshd, folder, port, options)
      return port
    } catch (error) {
      if (attempt === 5) throw error
    }
  }
}

async function startOn(sshd: string, folder: string, port: number, { settings = [] }: SshdOptions): Promise<void> {
  const path = (name: string) => join(folder, name)
  const config = [
    `ListenAddress ${host}`,
    `Port ${String(port)}`,
    `HostKey ${path('host')}`,
    `PidFile ${path('pid')}`,
    `AuthorizedKeysFile ${path('authorized_keys')}`,
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'StrictModes no',
    'LogLevel VERBOSE',
    'Subsystem sftp internal-sftp',
    ...settings,
  ]
  await writeFile(path('sshd_config'), `${config.join('\n')}\n`)
  await rm(path('pid'), { force: true })
  // The folder that separates privileges is the system's; only root's sshd wants it.
  if (process.getuid?.() === 0) await run('mkdir', ['-p', '/run/sshd'])
  await run(sshd, ['-f', path('sshd_config'), '-E', path('log')])
  await answering(port)
}

async function answering(port: number): Promise<void> {
  const deadline = Date.now() + 20_000
  for (;;) {
    if (await answers(port)) return
    if (Date.now() > deadline) throw new Error('sshd does not answer.')
    await sleep(30)
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect({ host, port })
  try {
    const [greeting] = (await once(socket, 'data')) as [Buffer]
    return greeting.toString('latin1').startsWith('SSH-')
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false
    throw error
  } finally {
    socket.destroy()
  }
}
