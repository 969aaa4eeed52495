import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isStale } from './freshness.ts'
import { root, runProgram } from './project.ts'

const folder = join(root, 'main/engines/kernel')
const source = join(folder, 'assembly/index.ts')
const config = join(folder, 'asconfig.json')
const generated = join(folder, 'generated')
const target = join(generated, 'kernel-wasm.ts')

/** Compiles the WASM kernel into the module `generated/kernel-wasm.ts`, unless that is newer than its source. */
export function buildKernel(): void {
  if (!existsSync(source) || !isStale(target, [join(folder, 'assembly'), config])) return
  mkdirSync(generated, { recursive: true })
  const workFolder = mkdtempSync(join(generated, '.build-'))
  try {
    const wasm = join(workFolder, 'kernel.wasm')
    const args = [source, '--config', config, '--target', 'release', '--outFile', wasm]
    const { isOk, output } = runProgram('asc', args, { quiet: true })
    if (!isOk) throw new Error(`The WASM kernel does not compile.\n${output}`)
    const module = join(workFolder, 'kernel-wasm.ts')
    writeFileSync(module, moduleText(readFileSync(wasm)))
    renameSync(module, target)
  } finally {
    rmSync(workFolder, { recursive: true, force: true })
  }
}

/** Vitest calls this once before the tests, which import the generated module. */
export function setup(): void {
  buildKernel()
}

function moduleText(wasm: Buffer): string {
  return [
    '// Generated from ../assembly by `npm run build`.',
    `/** The compiled kernel, ${wasm.length} bytes. */`,
    `export const kernelWasmBase64 = '${wasm.toString('base64')}'`,
    '',
  ].join('\n')
}
