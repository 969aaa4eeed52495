import { AppError } from '../../../preload/contract/index.ts'
import { writeSecretFile, type SecretFile } from '../../tools/secret-file.ts'
import { passFileLine } from './args.ts'
import type { Endpoint } from './endpoint.ts'

/** A password file for the tools of one run; null where the endpoint has no password. The caller removes it. */
export async function writePassFile(endpoint: Endpoint, runDirectory: string): Promise<SecretFile | null> {
  const password = endpoint.password.reveal()
  if (password === null) return null
  if (/[\n\r\0]/.test(password)) {
    throw new AppError('USAGE', 'A password with a line break in it cannot be given to the programs of PostgreSQL.', {
      remedy: 'Change the password of the role.',
    })
  }
  return writeSecretFile(runDirectory, 'pgpass', passFileLine(password))
}
