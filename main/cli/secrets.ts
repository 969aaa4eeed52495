import { readFileSync } from 'node:fs'
import { AppError, type SecretInput } from '../../preload/contract/index.ts'
import { passwordWays, splitArguments } from './argv.ts'
import type { Session } from './session.ts'

/** The flags that say where a password comes from. `password` is false for `--no-password`. */
export interface SecretFlags {
  readonly password?: boolean
  readonly passwordFile?: string
  readonly passwordCommand?: string
}

/** The secret that the flags name; null where they name none. Throws `USAGE` for more than one. */
export function secretFromFlags(flags: SecretFlags): SecretInput | null {
  const isNone = flags.password === false
  const named = [isNone, flags.passwordFile !== undefined, flags.passwordCommand !== undefined].filter(Boolean)
  if (named.length > 1) {
    throw new AppError('USAGE', 'More than one way to hand over the password was given.', {
      remedy: 'Keep one of --password-file, --password-command and --no-password.',
    })
  }
  if (flags.passwordFile !== undefined) {
    return { from: 'value', value: readSecretFile(flags.passwordFile, '--password-file') }
  }
  if (flags.passwordCommand !== undefined) {
    return { from: 'command', argv: [...splitArguments(flags.passwordCommand)] }
  }
  return isNone ? { from: 'none' } : null
}

/** The secret of a new connection: flags, then `HOLDFAST_PASSWORD`, then the prompt. Throws `USAGE` where nobody can be asked. */
export async function newSecret(session: Session, flags: SecretFlags): Promise<SecretInput> {
  const flagged = secretFromFlags(flags)
  if (flagged !== null) return flagged
  const fromEnvironment = session.io.env['HOLDFAST_PASSWORD']
  if (fromEnvironment !== undefined && fromEnvironment !== '') return { from: 'value', value: fromEnvironment }
  if (!session.canAsk) {
    throw new AppError('USAGE', 'No password was given, and nobody can be asked for it here.', {
      remedy: `${passwordWays} Where no password is needed, say --no-password.`,
    })
  }
  const typed = await session.io.prompts.secret('Password (empty: none is needed)')
  return typed === '' ? { from: 'none' } : { from: 'value', value: typed }
}

/** The passphrase of a recovery kit: from a file, or asked for, twice where it is `new`. Throws `USAGE`. */
export async function passphrase(session: Session, file: string | undefined, use: 'new' | 'existing'): Promise<string> {
  if (file !== undefined) return readSecretFile(file, '--passphrase-file')
  if (!session.canAsk) {
    throw new AppError('USAGE', "The recovery kit's passphrase is missing, and nobody can be asked for it here.", {
      remedy: 'Use --passphrase-file <file>. The passphrase is the file’s content without the line break at its end.',
    })
  }
  const first = await session.io.prompts.secret('Passphrase of the recovery kit')
  if (first === '') throw new AppError('USAGE', 'No passphrase was typed.', { remedy: 'Run the command again.' })
  if (use === 'new' && (await session.io.prompts.secret('The same again')) !== first) {
    throw new AppError('USAGE', 'The two passphrases are not the same.', { remedy: 'Run the command again.' })
  }
  return first
}

/** A secret that is a file's content, without the one line break at its end. Throws `USAGE`; the content is never repeated. */
export function readSecretFile(path: string, flag: string): string {
  let content: string
  try {
    content = readFileSync(path, 'utf8')
  } catch (error) {
    throw new AppError('USAGE', `The file given with ${flag} cannot be read.`, {
      detail: error instanceof Error ? error.message : String(error),
      remedy: 'Name a file that exists and that you may read.',
      cause: error,
    })
  }
  const secret = content.replace(/\r?\n$/, '')
  if (secret === '') {
    throw new AppError('USAGE', `The file given with ${flag} is empty.`, {
      remedy: 'Write the secret into its first line.',
    })
  }
  return secret
}
