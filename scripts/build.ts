/** `npm run build`: the WASM kernel, then the bundles of main in `dist/main`. */
import { buildBundle } from './build-steps/bundle.ts'
import { buildKernel } from './build-steps/kernel.ts'

try {
  buildKernel()
  await buildBundle()
} catch (error) {
  // The message names the file and the line; the stack is the bundler's own.
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
