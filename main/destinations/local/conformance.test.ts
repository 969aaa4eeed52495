import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { describeDestinationConformance } from '../conformance.ts'
import { Secret } from '../destination.ts'
import { destinationOfType } from '../registry.ts'

describeDestinationConformance('local', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hf-local-'))
  return {
    destination: destinationOfType('local').open({ path: folder }, Secret.none()),
    async rawNames() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true })
      const files = entries.filter((entry) => !entry.isDirectory())
      return files.map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/')).toSorted()
    },
    dispose: () => rm(folder, { recursive: true, force: true }),
  }
})
