import { isAbsolute } from 'node:path'
import type { z } from 'zod'
import { AppError, type Connection, type SecretInput } from '../../preload/contract/index.ts'
import { fingerprintOf } from '../artifact/keys.ts'
import type { Catalog, ConnectionRow, DestinationRow } from '../catalog/catalog.ts'
import type { SecretChoice } from '../secrets/choose.ts'
import { currentRecipient, identitiesFor, knownRecipients } from '../secrets/identities.ts'
import { loadInstallationKeys, type KeyContext } from '../secrets/installation-keys.ts'
import { Secret } from '../secrets/secret.ts'
import { captureTool } from '../tools/capture-tool.ts'
import { findTools } from '../tools/find-tools.ts'
import type { JobSecrets } from '../workbench/workbench.ts'
import { sshOf } from './profile-marks.ts'

/** Which secrets a job needs. */
export interface NeededSecrets {
  readonly connections: readonly ConnectionRow[]
  /** Those that are left out where their secret can't be had. */
  readonly optionalConnections?: readonly ConnectionRow[]
  readonly destinations: readonly DestinationRow[]
  /** Something encrypted is read, or will be checked after it was written. */
  readonly readsEncrypted: boolean
}

const commandTimeoutMs = 30_000

/** Resolves secrets, in the parent alone. What it answers goes to a job process once, and is registered with the redactor. */
export class SecretResolver {
  readonly #home: string
  readonly #catalog: Catalog
  readonly #choice: SecretChoice
  readonly #redact: { redact(text: string): string; register(secret: string): void }

  constructor(
    home: string,
    catalog: Catalog,
    choice: SecretChoice,
    redactor: { redact(text: string): string; register(secret: string): void },
  ) {
    this.#home = home
    this.#catalog = catalog
    this.#choice = choice
    this.#redact = redactor
  }

  /** Where secrets are kept. */
  get store(): Pick<SecretChoice, 'status' | 'unlock'> {
    return this.#choice
  }

  get keyContext(): KeyContext {
    return { home: this.#home, secrets: this.#choice }
  }

  /** The secrets of one job. */
  async forJob(needed: NeededSecrets): Promise<JobSecrets> {
    const keys = await loadInstallationKeys(this.keyContext)
    const connections: Record<string, string> = {}
    for (const row of needed.connections) {
      const value = await this.ofConnection(row)
      if (value !== null) connections[row.id] = value
    }
    for (const row of needed.optionalConnections ?? []) {
      const value = connections[row.id] ?? (await orNull(() => this.ofConnection(row)))
      if (value !== null) connections[row.id] = value
    }
    const tunnels: Record<string, string> = {}
    for (const row of needed.connections) {
      const value = await this.ofTunnel(row)
      if (value !== null) tunnels[row.id] = value
    }
    for (const row of needed.optionalConnections ?? []) {
      const value = tunnels[row.id] ?? (await orNull(() => this.ofTunnel(row)))
      if (value !== null) tunnels[row.id] = value
    }
    const recipients = await this.recipients()
    const known = needed.readsEncrypted ? await knownRecipients(this.#home) : []
    return {
      connections,
      destinations: {},
      tunnels,
      identities: [...(await identitiesFor(this.keyContext, known))],
      recipients: [...recipients],
      signingSeed: Buffer.from(keys.signingSeed).toString('hex'),
      fingerprintKey: { id: keys.fingerprintKey.id, hex: Buffer.from(keys.fingerprintKey.bytes).toString('hex') },
    }
  }

  /** Recipients of new backups: the current key, once its kit was verified. */
  async recipients(): Promise<readonly string[]> {
    const recipient = await currentRecipient(this.#home)
    return recipient !== null && this.#catalog.meta.verifiedKit === fingerprintOf(recipient) ? [recipient] : []
  }

  /** null where the connection needs none. */
  async ofConnection({ id, name, secret }: Pick<Connection, 'id' | 'name' | 'secret'>): Promise<string | null> {
    if (secret.from === 'none') return null
    const value =
      secret.from === 'store'
        ? (await this.#choice.get(connectionSecretName(id))).reveal()
        : await this.#run(name, secret.argv)
    if (value !== null) this.#redact.register(value)
    return value
  }

  /** What was typed for a connection that is not saved yet; null where it needs none. */
  async ofInput(name: string, input: z.output<typeof SecretInput>): Promise<string | null> {
    if (input.from === 'none') return null
    const value = input.from === 'value' ? input.value : await this.#run(name, input.argv)
    this.#redact.register(value)
    return value
  }

  /** Password of the SSH user, or passphrase of its key; null where none is kept. */
  async ofTunnel({ id, profile }: Pick<Connection, 'id' | 'profile'>): Promise<string | null> {
    if (sshOf(profile)?.hasSecret !== true) return null
    const value = (await this.#choice.get(tunnelSecretName(id))).reveal()
    if (value !== null) this.#redact.register(value)
    return value
  }

  async keep(connectionId: string, value: string): Promise<void> {
    this.#redact.register(value)
    await this.#choice.set(connectionSecretName(connectionId), Secret.of(value))
  }

  async keepTunnel(connectionId: string, value: string): Promise<void> {
    this.#redact.register(value)
    await this.#choice.set(tunnelSecretName(connectionId), Secret.of(value))
  }

  async forgetTunnel({ id, profile }: Pick<Connection, 'id' | 'profile'>): Promise<void> {
    if (sshOf(profile)?.hasSecret === true) await this.#choice.remove(tunnelSecretName(id))
  }

  async forget(connection: Pick<Connection, 'id' | 'secret'>): Promise<void> {
    if (connection.secret.from === 'store') await this.#choice.remove(connectionSecretName(connection.id))
  }

  /** The first line that the command prints; no shell is involved. */
  async #run(connection: string, [program = '', ...args]: readonly string[]): Promise<string> {
    const path = isAbsolute(program) ? program : await findProgram(program)
    const { stdout } = await captureTool({
      path,
      args,
      jobId: null,
      signal: AbortSignal.timeout(commandTimeoutMs),
      redact: (text) => this.#redact.redact(text),
      explain: (exit) =>
        new AppError('SECRET_COMMAND_FAILED', `The command that gives the password of "${connection}" failed.`, {
          detail: exit.stderrTail,
          remedy: 'Run the command by hand, and correct it with `holdfast connection edit`.',
        }),
    })
    const value = stdout.split(/\r?\n/)[0] ?? ''
    if (value !== '') return value
    throw new AppError(
      'SECRET_COMMAND_FAILED',
      `The command that gives the password of "${connection}" printed nothing.`,
      {
        remedy: 'It has to print the password as its first line.',
      },
    )
  }
}

function connectionSecretName(id: string): string {
  return `connection ${id}`
}

function tunnelSecretName(id: string): string {
  return `ssh ${id}`
}

async function orNull(ask: () => Promise<string | null>): Promise<string | null> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof AppError) return null
    throw error
  }
}

async function findProgram(name: string): Promise<string> {
  const { found, rejected } = await findTools(name)
  const path = found[0]?.path ?? rejected[0]?.path
  if (path !== undefined) return path
  throw new AppError('SECRET_COMMAND_FAILED', `There is no program "${name}".`, { remedy: 'Give its absolute path.' })
}
