import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isStale } from './freshness.ts'
import { root } from './project.ts'

const dist = join(root, 'dist')
const output = join(dist, 'main')
const stamp = join(output, '.built')
const sources = [
  'main',
  'preload',
  'package.json',
  'package-lock.json',
  'electron.vite.config.ts',
  'scripts/build-steps',
]
const hourMs = 3_600_000

/** Where the bundle of the command line lies. */
export const cliBundle = join(output, 'cli.js')
/** Where the bundle of the window in a browser lies. */
export const browserBundle = join(output, 'browser.js')
/** Where the bundle of the window in Electron lies. */
export const desktopBundle = join(output, 'desktop.js')

/** Whether a source is newer than the bundle. */
export function isBundleStale(): boolean {
  const paths = sources.map((path) => join(root, path))
  return isStale(stamp, paths)
}

/**
 * Bundles the entries of main into `dist/main`, and the preload script into `dist/preload`.
 * A process that runs the old bundle meanwhile keeps its chunks for an hour, and nobody sees half a file:
 * the bundle is made aside and moved in file by file, the entries last.
 */
export async function buildBundle(): Promise<void> {
  // Loaded here only: `npm run holdfast` asks isBundleStale each time, and mostly builds nothing.
  const { build } = await import('electron-vite')
  const startedAt = new Date()
  mkdirSync(dist, { recursive: true })
  const aside = mkdtempSync(join(dist, '.bundle-'))
  try {
    await build({ root, logLevel: 'warn', ignoreConfigWarning: true, build: { outDir: aside } })
    const made = join(aside, 'main')
    const files = readdirSync(made).toSorted((a, b) => Number(isEntry(a)) - Number(isEntry(b)))
    mkdirSync(output, { recursive: true })
    movePreload(join(aside, 'preload'))
    for (const file of files) renameSync(join(made, file), join(output, file))
    removeOldFiles(new Set([...files, '.built']))
    writeFileSync(stamp, '')
    // A source that changed while the bundle was made is newer than it.
    utimesSync(stamp, startedAt, startedAt)
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}

/** The one file that runs between the window and main. */
function movePreload(made: string): void {
  const folder = join(dist, 'preload')
  mkdirSync(folder, { recursive: true })
  for (const file of readdirSync(made)) renameSync(join(made, file), join(folder, file))
}

/** Entries have no digest in their name. */
function isEntry(file: string): boolean {
  return !file.includes('-')
}

function removeOldFiles(keep: ReadonlySet<string>): void {
  for (const file of readdirSync(output)) {
    const path = join(output, file)
    const isOld = Date.now() - statSync(path).mtimeMs > hourMs
    if (isOld && !keep.has(file)) rmSync(path, { force: true })
  }
}
