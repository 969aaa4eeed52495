/** `npm run icons`: draws the program's icons from their SVGs into `resources/icons`. Needs no other program. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './build-steps/project.ts'
import { iconSet } from './packaging/icon-set.ts'

for (const { name, bytes } of iconSet()) {
  const path = join(root, 'resources/icons', name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
}
