import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import type { TestContext } from 'vitest'
import { skipOrFail } from '../servers/missing.ts'
import { Sandbox } from '../system/harness.ts'
import { holdfastProgram } from '../system/program.ts'

/** Without these capabilities modes of files count for root, too (capabilities(7)). */
const without = '--bounding-set=-dac_override,-dac_read_search'

/** The same home, with commands that have no more rights on files than their modes give. */
export function asOrdinaryUser(sandbox: Sandbox, context: TestContext): Sandbox {
  if (process.getuid?.() !== 0) return sandbox
  try {
    execFileSync('setpriv', [without, 'true'])
  } catch (error) {
    skipOrFail(context, `rights of root can't be taken away: ${String(error)}`)
  }
  const wrapper = sandbox.path('as-ordinary-user.mjs')
  const argv = JSON.stringify([without, process.execPath, holdfastProgram])
  writeFileSync(
    wrapper,
    `import { spawnSync } from 'node:child_process'
     const { status } = spawnSync('setpriv', [...${argv}, ...process.argv.slice(2)], { stdio: 'inherit' })
     process.exit(status ?? 1)`,
  )
  return new Sandbox(sandbox.folder, wrapper)
}
