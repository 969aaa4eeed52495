/** `npm run bench`: the ratios that the design promises, measured in one run against the bare tools. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildBundle } from './build-steps/bundle.ts'
import { buildKernel } from './build-steps/kernel.ts'
import { root } from './build-steps/project.ts'

const benchmark = join(root, 'bench/main.ts')
if (!existsSync(benchmark)) {
  process.stderr.write('There is no benchmark in this checkout: bench/main.ts is missing.\n')
  process.exit(1)
}
buildKernel()
await buildBundle()
await import(pathToFileURL(benchmark).href)
