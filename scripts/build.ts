/** `npm run build`: the WASM kernel, then the bundles of main in `dist/main`. */
import { existsSync } from 'node:fs'
import { buildBundle } from './build-steps/bundle.ts'
import { buildKernel } from './build-steps/kernel.ts'

buildKernel()
if (existsSync('main/cli/main.ts')) await buildBundle()
