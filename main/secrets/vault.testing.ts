/** A process of its own that writes to a vault: `node vault.testing.ts <path> <prefix> <count> [start]`. Begins at `start` (ms). Says each number that it wrote. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Secret } from './secret.ts'
import { Vault } from './vault.ts'

const [path = '', prefix = '', count = '0', start = '0'] = process.argv.slice(2)
const vault = new Vault({ path, passphrase: () => Promise.resolve('the passphrase'), scryptLogN: 10 })
await sleep(Math.max(0, Number(start) - Date.now()))
for (let index = 0; index < Number(count); index++) {
  await vault.set(`${prefix}-${index}`, Secret.of(`${prefix} value ${index}`))
  process.stdout.write(`${index}\n`)
}
