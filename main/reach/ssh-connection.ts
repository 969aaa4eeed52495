import { readFile } from 'node:fs/promises'
import { Socket } from 'node:net'
import type { Client, ConnectConfig } from 'ssh2'
import { AppError, type SshHostKey, type SshReach } from '../../preload/contract/index.ts'
import type { Secret } from '../secrets/secret.ts'
import { explainKeyFailure, explainSshFailure } from './errors.ts'
import { describeHostKey, hostKeyChanged, hostKeyUnknown } from './host-key.ts'

/** An SSH server, and the password of its user or the passphrase of the key. */
export interface SshLogin {
  readonly reach: SshReach
  readonly secret: Secret
}

/** A session on an SSH server, logged in. */
export interface SshSession {
  readonly client: Client
  /** With `unref` the session alone keeps no process alive. */
  readonly socket: Socket
}

/** Loaded by those alone who log in somewhere. */
const library = () => import('ssh2')

const readyTimeoutMs = 15_000
/** A server that says nothing for so long, three times in a row, is gone. */
const keepaliveMs = 10_000

/** The kinds of host keys, the preferred first. */
const hostKeyKinds = [
  ['ssh-ed25519'],
  ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'],
  ['rsa-sha2-512', 'rsa-sha2-256'],
] as const

/** `host:port` of an SSH server, for people. Pure. */
export function describeSsh({ host, port }: Pick<SshReach, 'host' | 'port'>): string {
  return host.includes(':') ? `[${host}]:${String(port)}` : `${host}:${String(port)}`
}

/**
 * Logs in. Nothing is sent to a server whose host key isn't the pinned one: `HOST_KEY_UNKNOWN` without a pinned key,
 * `HOST_KEY_CHANGED`. Otherwise `UNREACHABLE`, `AUTHENTICATION_FAILED`.
 */
export async function openSsh({ reach, secret }: SshLogin, signal: AbortSignal): Promise<SshSession> {
  const server = describeSsh(reach)
  const pinned = reach.hostKey
  if (pinned === undefined) throw hostKeyUnknown(server, await readHostKey(reach, signal))
  const credentials = await credentialsOf(reach, secret)
  const shown: SshHostKey[] = []
  const accept = (key: SshHostKey) => {
    shown.push(key)
    return key.fingerprint === pinned
  }
  for (const kinds of [hostKeyKinds.flat(), ...hostKeyKinds]) {
    try {
      return await connect(reach, { ...credentials, algorithms: { serverHostKey: [...kinds] } }, accept, signal)
    } catch (error) {
      signal.throwIfAborted()
      // A server has several keys; the accepted one need not be the one that it shows first.
      const wasRefused = shown.length > 0 && shown.every(({ fingerprint }) => fingerprint !== pinned)
      if (!wasRefused) throw explainSshFailure(error, { server, user: reach.user })
    }
  }
  throw hostKeyChanged(server, pinned, shown[0] ?? { fingerprint: '', keyType: '' })
}

/** The host key that a server shows first. Nobody logs in. `UNREACHABLE`. */
export async function readHostKey(reach: Pick<SshReach, 'host' | 'port'>, signal: AbortSignal): Promise<SshHostKey> {
  let shown: SshHostKey | null = null
  const refuse = (key: SshHostKey) => {
    shown = key
    return false
  }
  const algorithms = { serverHostKey: hostKeyKinds.flat() }
  try {
    const { client } = await connect(reach, { username: 'holdfast', algorithms }, refuse, signal)
    client.destroy()
  } catch (error) {
    signal.throwIfAborted()
    if (shown === null) throw explainSshFailure(error, { server: describeSsh(reach), user: '' })
  }
  if (shown === null) throw explainSshFailure(new Error('no host key'), { server: describeSsh(reach), user: '' })
  return shown
}

async function connect(
  { host, port }: Pick<SshReach, 'host' | 'port'>,
  config: ConnectConfig,
  accept: (key: SshHostKey) => boolean,
  signal: AbortSignal,
): Promise<SshSession> {
  signal.throwIfAborted()
  const { default: ssh2 } = await library()
  const client = new ssh2.Client()
  const socket = new Socket()
  const { promise, resolve, reject } = Promise.withResolvers<SshSession>()
  const onAbort = () => reject(signal.reason as Error)
  signal.addEventListener('abort', onAbort, { once: true })
  // Stays for the session's life: an error without a listener would end the process; `close` follows it.
  client.on('error', reject)
  socket.on('error', reject)
  client.once('close', () => reject(new Error('The SSH server closed the connection.')))
  client.once('ready', () => resolve({ client, socket }))
  if (config.tryKeyboard === true) {
    // Servers that ask for the password this way ask once, and hide what is typed.
    client.on('keyboard-interactive', (_name, _instructions, _language, prompts, finish) =>
      finish(prompts.map(({ echo }) => (echo === true ? '' : (config.password ?? '')))),
    )
  }
  try {
    socket.connect({ host, port })
    client.connect({
      ...config,
      sock: socket,
      hostVerifier: (key: Buffer) => accept(describeHostKey(key)),
      readyTimeout: readyTimeoutMs,
      keepaliveInterval: keepaliveMs,
      keepaliveCountMax: 3,
    })
    return await promise
  } catch (error) {
    client.destroy()
    socket.destroy()
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** What proves the user, and nothing else: a password is never tried where a key was named. */
async function credentialsOf(reach: SshReach, secret: Secret): Promise<ConnectConfig> {
  const { user, identityFile, agent } = reach
  const value = secret.reveal()
  if (identityFile !== undefined) {
    const privateKey = await readKey(identityFile, value)
    return { username: user, privateKey, ...(value === null ? {} : { passphrase: value }) }
  }
  if (agent) return { username: user, agent: agentAddress() }
  if (value !== null) return { username: user, password: value, tryKeyboard: true }
  throw new AppError('AUTHENTICATION_FAILED', `Nothing says how "${user}" logs in to ${describeSsh(reach)}.`, {
    remedy: 'Name a private key (--ssh-identity), --ssh-agent, or --ssh-password-file.',
  })
}

async function readKey(path: string, passphrase: string | null): Promise<Buffer> {
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (error) {
    throw explainKeyFailure(path, error instanceof Error ? error.message : String(error), passphrase !== null)
  }
  const { default: ssh2 } = await library()
  const parsed = ssh2.utils.parseKey(bytes, passphrase ?? undefined)
  if (parsed instanceof Error) throw explainKeyFailure(path, parsed.message, passphrase !== null)
  if (!parsed.isPrivateKey()) throw explainKeyFailure(path, 'It is a public key.', passphrase !== null)
  return bytes
}

function agentAddress(): string {
  const named = process.env['SSH_AUTH_SOCK']
  if (named !== undefined && named !== '') return named
  if (process.platform === 'win32') return '\\\\.\\pipe\\openssh-ssh-agent'
  throw new AppError('AUTHENTICATION_FAILED', 'No SSH agent runs in this session.', {
    remedy: 'Start one (ssh-agent) and add the key, or name the private key with --ssh-identity.',
  })
}
