/** A process of its own that writes to a vault: `node vault.testing.ts <path> <prefix> <count>`. */
import { Secret } from './secret.ts'
import { Vault } from './vault.ts'

const [path = '', prefix = '', count = '0'] = process.argv.slice(2)
const vault = new Vault({ path, passphrase: () => Promise.resolve('the passphrase'), scryptLogN: 10 })
for (let index = 0; index < Number(count); index++) {
  await vault.set(`${prefix}-${index}`, Secret.of(`${prefix} value ${index}`))
}
