/** Writes `docs/cli.md`. Run it after a change of the commands: `node main/cli/write-reference.ts`. */
import { writeFileSync } from 'node:fs'
import { referencePage } from './reference.ts'

writeFileSync(new URL('../../docs/cli.md', import.meta.url), referencePage())
