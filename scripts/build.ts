/**
 * `npm run build [-- --main-only]`: the WASM kernel, the bundles of main in `dist/main`, and the window in `dist/renderer`.
 * What is newer than its sources is left as it is, but for the bundles.
 */
import { buildBundle } from './build-steps/bundle.ts'
import { buildKernel } from './build-steps/kernel.ts'
import { buildRenderer, isRendererStale } from './build-steps/renderer.ts'

try {
  buildKernel()
  await buildBundle()
  if (!process.argv.includes('--main-only') && isRendererStale()) await buildRenderer()
} catch (error) {
  // The message names the file and the line; the stack is the bundler's own.
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
