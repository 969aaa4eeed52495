import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isStale } from './freshness.ts'
import { root } from './project.ts'

const dist = join(root, 'dist')
const output = join(dist, 'renderer')
const stamp = join(output, '.built')
const config = join(root, 'vite.renderer.config.ts')
const sources = ['renderer', 'preload/contract', 'resources/public', 'package-lock.json', 'vite.renderer.config.ts']

/** Whether a source of the window is newer than what was built of it. */
export function isRendererStale(): boolean {
  return isStale(
    stamp,
    sources.map((path) => join(root, path)),
  )
}

/** Builds the window into `dist/renderer`. It is made aside and put in place as a whole: nobody sees half of it. */
export async function buildRenderer(): Promise<void> {
  const { build } = await import('vite')
  const startedAt = new Date()
  mkdirSync(dist, { recursive: true })
  const aside = mkdtempSync(join(dist, '.renderer-'))
  try {
    const made = join(aside, 'made')
    await build({ configFile: config, logLevel: 'warn', build: { outDir: made } })
    writeFileSync(join(made, '.built'), '')
    if (existsSync(output)) renameSync(output, join(aside, 'old'))
    renameSync(made, output)
    // A source that changed while it was built is newer than it.
    utimesSync(stamp, startedAt, startedAt)
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}
