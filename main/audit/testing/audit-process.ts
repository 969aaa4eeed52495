import { Catalog } from '../../catalog/catalog.ts'
import { Audit } from '../audit.ts'

/** Writes argv[4] entries into the catalog of argv[2], each with a subject that begins with argv[3]. */
const [, , home = '', name = '', count = '0'] = process.argv
const catalog = Catalog.open({ home, appVersion: '0.0.0', mode: 'job' })
const audit = new Audit({ catalog, redact: (text) => text })
for (let number = 0; number < Number(count); number++)
  audit.write({ action: 'test.wrote', subject: `${name}${number}`, outcome: 'done' })
catalog.close()
