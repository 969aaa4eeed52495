/** `npm run build`: the WASM kernel, then the bundles of main in `dist/main`. */
import { existsSync } from 'node:fs'
import { buildBundle } from './build-steps/bundle.ts'
import { buildKernel } from './build-steps/kernel.ts'

try {
  buildKernel()
  if (existsSync('main/cli/main.ts')) await buildBundle()
} catch (error) {
  // The message names the file and the line; the stack is the bundler's own.
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
