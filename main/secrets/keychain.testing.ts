/** One call of the real keychain, for tests that run it in a session of its own: `node keychain.testing.ts <call> <name> <value>`. */
import { AppError } from '../../preload/contract/index.ts'
import { Keychain } from './keychain.ts'
import { Secret } from './secret.ts'

const [call, name = '', value = ''] = process.argv.slice(2)
const keychain = new Keychain({ namespace: 'test' })
try {
  if (call === 'set') await keychain.set(name, Secret.of(value))
  if (call === 'remove') await keychain.remove(name)
  if (call === 'probe') await keychain.probe()
  process.stdout.write(call === 'get' ? `value ${(await keychain.get(name)).reveal()}` : 'done')
} catch (error) {
  if (!(error instanceof AppError)) throw error
  process.stdout.write(error.code)
}
