import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { buildKernel } from '../build-steps/kernel.ts'
import { root } from '../build-steps/project.ts'
import { buildRenderer, isRendererStale } from '../build-steps/renderer.ts'

/** What is packaged, as electron-builder.yml names it: main, preload and renderer, and nothing that is older. */
export const stageFolder = join(root, 'release/stage')

/** Builds everything anew into the stage. */
export async function fillStage(): Promise<void> {
  const { build } = await import('electron-vite')
  rmSync(stageFolder, { recursive: true, force: true })
  mkdirSync(stageFolder, { recursive: true })
  buildKernel()
  await build({ root, logLevel: 'warn', ignoreConfigWarning: true, build: { outDir: stageFolder, sourcemap: false } })
  const renderer = join(root, 'dist/renderer')
  if (isRendererStale() || !existsSync(renderer)) await buildRenderer()
  // Names that begin with a dot are notes of the build.
  const isWanted = (path: string) => !basename(path).startsWith('.')
  cpSync(renderer, join(stageFolder, 'renderer'), { recursive: true, filter: isWanted })
}
