/** Writes `docs/cli.md` and `docs/troubleshooting.md`. Run it after a change of the commands: `node main/cli/write-reference.ts`. */
import { writeFileSync } from 'node:fs'
import { referencePage } from './reference.ts'
import { troubleshootingPage } from './troubleshooting.ts'

writeFileSync(new URL('../../docs/cli.md', import.meta.url), referencePage())
writeFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), troubleshootingPage())
