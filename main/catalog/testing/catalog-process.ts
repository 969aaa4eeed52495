import { Catalog } from '../catalog.ts'
import { connectionRecord } from './records.ts'

/** Opens the catalog of argv[2], adds connections named by the rest of argv (at once, one by one), says so, then waits to be killed; with `close` as the last name it closes and ends, with `exit` it ends with the catalog open. */
const [, , home = '', ...names] = process.argv
const catalog = Catalog.open({ home, appVersion: '0.0.0' })
for (const name of names) if (name !== 'close' && name !== 'exit') catalog.connections.add(connectionRecord({ name }))
process.stdout.write(`${catalog.installation}\n`)
if (names.at(-1) === 'close') {
  catalog.close()
  process.exit(0)
}
if (names.at(-1) === 'exit') process.exit(1)
setInterval(() => undefined, 1_000)
